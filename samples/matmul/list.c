#include "list.h"

enum { NODES = 2048 };

static Node nodes[NODES];
static unsigned short order[NODES];

static Node *link_nodes(void)
{
    for (int i = 0; i < NODES; i++) {
        nodes[order[i]].next = i + 1 < NODES ? &nodes[order[i + 1]] : 0;
        nodes[order[i]].value = (unsigned)i;
    }
    return &nodes[order[0]];
}

Node *list_in_order(void)
{
    for (int i = 0; i < NODES; i++) {
        order[i] = (unsigned short)i;
    }
    return link_nodes();
}

Node *list_shuffled(void)
{
    unsigned random = 12345;
    for (int i = NODES - 1; i > 0; i--) {
        random = random * 1103515245u + 12345u;
        int j = (int)((random >> 16) * (unsigned)(i + 1) >> 16);
        unsigned short swapped = order[i];
        order[i] = order[j];
        order[j] = swapped;
    }
    return link_nodes();
}

unsigned list_sum(const Node *head, int rounds)
{
    unsigned sum = 0;
    for (int round = 0; round < rounds; round++) {
        for (const Node *node = head; node; node = node->next) {
            sum += node->value;
        }
    }
    return sum;
}
