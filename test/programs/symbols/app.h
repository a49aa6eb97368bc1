#ifndef APP_H
#define APP_H

typedef unsigned int u32;
typedef int (*operation)(int, int);

enum color { RED, GREEN = 5, BLUE = -2 };

struct flags {
  unsigned ready : 1;
  unsigned mode : 3;
  int level : 5;
  unsigned rest : 23;
};

struct node {
  int value;
  struct node *next;
};

union number {
  u32 word;
  unsigned char bytes[4];
  float real;
};

struct shape {
  char name[8];
  enum color color;
  struct flags flags;
  union number size;
  const struct node *nodes;
  operation apply;
  short grid[2][3];
  long long wide;
  double precise;
};

extern volatile int sink;

static inline int square(int x) {
  int y = x * x;
  sink = y;
  return y + 1;
}

int leaf(int a, int b);
int chain(struct node *list, int depth);

#endif
