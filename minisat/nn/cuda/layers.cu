// Layers' elementwise parts, a thread an entry.
#include "types.cuh"

// Equals activations.sigmoid.
extern "C" __global__ void sigmoid(const Real *x, Real *y, long long size) {
    long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x;
    if (i < size) y[i] = sigma(x[i]);
}

// gates (N, 4H) without the bias become i, f, g, o; c = f c_prev + i g, h = o tanh(c). Equals LSTMCell.forward after its
// products. A thread per (n, j).
extern "C" __global__ void lstm_gates(Real *gates, const Real *b, const Real *c_prev, Real *h, Real *c, Real *tanh_c,
                                      int N, int H) {
    int at = blockIdx.x * blockDim.x + threadIdx.x, n = at / H, j = at % H;
    if (n >= N) return;
    Real *a = gates + (size_t)n * 4 * H + j;
    Real i = sigma(a[0] + b[j]), f = sigma(a[H] + b[H + j]), g = tanh(a[2 * H] + b[2 * H + j]);
    Real o = sigma(a[3 * H] + b[3 * H + j]), memory = f * c_prev[at] + i * g, y = tanh(memory);
    a[0] = i; a[H] = f; a[2 * H] = g; a[3 * H] = o;
    c[at] = memory;
    tanh_c[at] = y;
    h[at] = o * y;
}

// The gates' gradients da (N, 4H), and dc_prev. Equals LSTMCell.backward before its products.
extern "C" __global__ void lstm_gates_backward(const Real *dh, const Real *dc, const Real *gates, const Real *c_prev,
                                               const Real *tanh_c, Real *da, Real *dc_prev, int N, int H) {
    int at = blockIdx.x * blockDim.x + threadIdx.x, n = at / H, j = at % H;
    if (n >= N) return;
    const Real *a = gates + (size_t)n * 4 * H + j;
    Real *d = da + (size_t)n * 4 * H + j;
    Real i = a[0], f = a[H], g = a[2 * H], o = a[3 * H], y = tanh_c[at];
    Real memory = dc[at] + dh[at] * o * (1 - y * y);  // h = o tanh(c)
    d[0] = memory * g * i * (1 - i);                  // c = f c_prev + i g
    d[H] = memory * c_prev[at] * f * (1 - f);
    d[2 * H] = memory * i * (1 - g * g);
    d[3 * H] = dh[at] * y * o * (1 - o);
    dc_prev[at] = memory * f;
}

// y = each channel of x with its own filter, plus b (null: none). x lies in memory by four strides, y and what is read with
// neighbouring channels side by side. Equals correlate_each. A thread per entry of y.
extern "C" __global__ void depthwise(const Real *x, const Real *W, const Real *b, Real *y, int N, int C, int h, int w,
                                     int rows, int columns, int kh, int kw, int sh, int sw, int top, int left,
                                     long long by_image, long long by_channel, long long down, long long right) {
    long long at = blockIdx.x * (long long)blockDim.x + threadIdx.x;
    if (at >= (long long)N * rows * columns * C) return;
    int c = at % C, column = at / C % columns, row = at / C / columns % rows, n = at / C / columns / rows;
    Real sum = b ? b[c] : (Real)0;
    for (int i = 0; i < kh; i++)
        for (int j = 0; j < kw; j++) {
            int v = row * sh + i - top, u = column * sw + j - left;
            if (v < 0 || v >= h || u < 0 || u >= w) continue;
            sum += W[(c * kh + i) * kw + j] * x[n * by_image + c * by_channel + v * down + u * right];
        }
    y[at] = sum;
}
