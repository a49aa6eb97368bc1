/* A linked list whose order in memory can be shuffled. */
#ifndef LIST_H
#define LIST_H

typedef struct Node {
    struct Node *next;
    unsigned value;
    unsigned payload[6];
} Node;

/* Links all nodes in the order they lie in memory. */
Node *list_in_order(void);

/* Links all nodes in a pseudo-random order. */
Node *list_shuffled(void);

/* Adds the values of `rounds` walks over the list. */
unsigned list_sum(const Node *head, int rounds);

#endif
