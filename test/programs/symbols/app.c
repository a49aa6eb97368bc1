#include "app.h"

volatile int sink;
static int counter = 7;
const u32 limits[3] = {10, 0x20, 30};
struct node third = {3, 0};
struct node second = {2, &third};
struct node first = {1, &second};
struct shape shape = {
  "box", BLUE, {1, 5, -3, 0x1234}, {0x3f800000}, &first, leaf, {{1, 2, 3}, {4, 5, -6}}, -5000000000LL, 2.5,
};
const char *message = "hi \"there\"\n";
_Bool enabled = 1;
static struct shape *shapes[2] = {&shape, 0};

__attribute__((noinline)) int leaf(int a, int b) {
  int result = a * 3 + b;
  sink = result;
  return result;
}

__attribute__((noinline)) int chain(struct node *list, int depth) {
  int local[4] = {depth, depth + 1, depth + 2, depth + 3};
  sink = local[depth & 3];
  if (depth > 0) {
    int inner = chain(list->next ? list->next : list, depth - 1);
    return inner + local[1];
  }
  return leaf(list->value, local[0]) + sink;
}

__attribute__((noinline)) int loop(int n) {
  int total = 0;
  for (int i = 0; i < n; i++) {
    static int calls;
    calls++;
    total += square(i) + counter;
  }
  return total;
}

__attribute__((noinline)) float real(float x, double y) {
  float z = x + (float)y;
  sink = square((int)z);
  return z;
}

int main(void) {
  int sum = loop(4);
  sum += chain(&first, 2);
  sum += (int)real(1.5f, 2.25);
  if (shapes[0]->apply) sum += shapes[0]->apply(sum, 1);
  sink = sum + (int)limits[1] + enabled + message[0];
  return sum;
}
