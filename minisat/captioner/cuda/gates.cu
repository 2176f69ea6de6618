// The LSTM's elementwise part for the n captions that say word t: a thread per (n, j). Rows `row`, row + 1, … of packed
// arrays are word t; `of_h` (R, S) begins with the gates' sums and afterwards with the gates i, f, g, o themselves.
#include "types.cuh"

// c = f c_prev + i g, h = o tanh(c). Equals lstm.LSTMCell.forward after its products. c_prev begins at `c_at` and its
// rows lie `c_stride` apart; the first n_next captions have a word after this one, and h is its h_prev.
extern "C" __global__ void lstm_step(Real *of_h, const Real *c_prev, Real *c, Real *tanh_c, Real *h, Real *h_prev,
                                     int row, int n, int n_next, int H, int S, int c_at, int c_stride) {
    int at = blockIdx.x * blockDim.x + threadIdx.x, k = at / H, j = at % H;
    if (k >= n) return;
    size_t r = row + k;
    Real *a = of_h + r * S + j;
    Real i = sigma(a[0]), f = sigma(a[H]), g = tanh(a[2 * H]), o = sigma(a[3 * H]);
    Real memory = f * c_prev[c_at + (size_t)k * c_stride + j] + i * g, y = tanh(memory);
    a[0] = i; a[H] = f; a[2 * H] = g; a[3 * H] = o;
    c[r * H + j] = memory;
    tanh_c[r * H + j] = y;
    h[r * H + j] = o * y;
    if (k < n_next) h_prev[(r + n) * H + j] = o * y;
}

// Equals lstm.LSTMCell.backward before its products. dh (R, H) is whole; dc (N, H) comes from the next word and goes to
// the word before, in place; the gates' gradients begin the rows of d_of_h (R, S).
extern "C" __global__ void lstm_step_backward(const Real *dh, Real *dc, const Real *of_h, const Real *c_prev,
                                              const Real *tanh_c, Real *d_of_h, int row, int n, int H, int S, int c_at,
                                              int c_stride) {
    int at = blockIdx.x * blockDim.x + threadIdx.x, k = at / H, j = at % H;
    if (k >= n) return;
    size_t r = row + k;
    const Real *a = of_h + r * S + j;
    Real *da = d_of_h + r * S + j;
    Real i = a[0], f = a[H], g = a[2 * H], o = a[3 * H], y = tanh_c[r * H + j], d = dh[r * H + j];
    Real memory = dc[at] + d * o * (1 - y * y);                         // h = o tanh(c)
    da[0] = memory * g * i * (1 - i);                                   // c = f c_prev + i g
    da[H] = memory * c_prev[c_at + (size_t)k * c_stride + j] * f * (1 - f);
    da[2 * H] = memory * i * (1 - g * g);
    da[3 * H] = d * y * o * (1 - o);
    dc[at] = memory * f;
}
