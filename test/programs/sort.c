/* Three sorts of the same data, their results compared and hashed. */
#include "console.h"

enum { N = 400 };

static int data[N], copy[N], scratch[N];

static void quick(int *a, int lo, int hi)
{
    while (lo < hi) {
        int pivot = a[(lo + hi) / 2], i = lo, j = hi;
        while (i <= j) {
            while (a[i] < pivot) i++;
            while (a[j] > pivot) j--;
            if (i <= j) {
                int t = a[i];
                a[i++] = a[j];
                a[j--] = t;
            }
        }
        if (j - lo < hi - i) {
            quick(a, lo, j);
            lo = i;
        } else {
            quick(a, i, hi);
            hi = j;
        }
    }
}

static void sift(int *a, int root, int n)
{
    for (int child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && a[child] < a[child + 1]) child++;
        if (a[root] >= a[child]) return;
        int t = a[root];
        a[root] = a[child];
        a[child] = t;
    }
}

static void heap(int *a, int n)
{
    for (int i = n / 2; i-- > 0;) sift(a, i, n);
    for (int i = n; i-- > 1;) {
        int t = a[0];
        a[0] = a[i];
        a[i] = t;
        sift(a, 0, i);
    }
}

static void merge(int *a, int n)
{
    if (n < 2) return;
    int half = n / 2, i = 0, j = half, k = 0;
    merge(a, half);
    merge(a + half, n - half);
    while (i < half || j < n) scratch[k++] = j == n || (i < half && a[i] <= a[j]) ? a[i++] : a[j++];
    for (k = 0; k < n; k++) a[k] = scratch[k];
}

static uint32_t hash(const int *a)
{
    uint32_t h = 2166136261u;
    for (int i = 0; i < N; i++) h = (h ^ (uint32_t)a[i]) * 16777619u;
    return h;
}

static void reload(void)
{
    for (int i = 0; i < N; i++) copy[i] = data[i];
}

int main(void)
{
    for (int i = 0; i < N; i++) data[i] = (int)next_random() >> (i & 15);
    put_line("input", hash(data));
    reload();
    quick(copy, 0, N - 1);
    put_line("quick", hash(copy));
    reload();
    heap(copy, N);
    put_line("heap", hash(copy));
    reload();
    merge(copy, N);
    put_line("merge", hash(copy));
    for (int i = 1; i < N; i++) {
        if (copy[i - 1] > copy[i]) return 1;
    }
    return 0;
}
