namespace geometry {
class Base {
public:
  int id = 4;
};
class Point : public Base {
public:
  int x, y;
  static int count;
  int sum(int scale) const;
};
int Point::count = 2;
__attribute__((noinline)) int Point::sum(int scale) const {
  const int &reference = scale;
  return (x + y) * reference + id;
}
enum class Axis : unsigned char { X, Y = 3 };
Axis axis = Axis::Y;
} // namespace geometry

template <typename T> __attribute__((noinline)) T twice(T value) { return value + value; }

geometry::Point point;

extern "C" int main() {
  point.x = 3;
  point.y = twice(4);
  return point.sum(2);
}
