// What a minibatch does once for all its words, entry by entry. R rows are real words, packed: see fast/packing.py.
#include "types.cuh"
#include "hash.cuh"

// A block per row: embedded = E[id]; total = E[id] + b_total; of_h = [b_gates | b_query | b_own], S numbers apart.
// Equals the first lines of FastTeacherForcing.say; b_query is null for a score without bias.
extern "C" __global__ void begin_words(const int *ids, const Real *E, const Real *b_gates, const Real *b_query,
                                       const Real *b_own, const Real *b_total, Real *embedded, Real *total, Real *of_h,
                                       int M, int gates, int A, int own, int S) {
    size_t r = blockIdx.x;
    for (int m = threadIdx.x; m < M; m += blockDim.x) {
        Real x = E[(size_t)ids[r] * M + m];
        embedded[r * M + m] = x;
        total[r * M + m] = x + b_total[m];
    }
    for (int k = threadIdx.x; k < gates + A + own; k += blockDim.x)
        of_h[r * S + k] = k < gates ? b_gates[k]
                        : k >= gates + A ? b_own[k - gates - A]
                        : b_query ? b_query[k - gates] : 0;
}

// [W_gates | W_query | W_own], S numbers apart: what multiplies h, in one product. Equals np.hstack.
extern "C" __global__ void beside(const Real *W_gates, const Real *W_query, const Real *W_own, Real *W, int H,
                                  int gates, int A, int own, int S) {
    size_t j = blockIdx.x;
    for (int k = threadIdx.x; k < gates + A + own; k += blockDim.x)
        W[j * S + k] = k < gates ? W_gates[j * gates + k] : k < gates + A ? W_query[j * A + k - gates]
                                                                        : W_own[j * own + k - gates - A];
}

// mean[n] = the mean of photo n's L feature vectors / *divisor. Equals Scale and MeanOverLocations. A thread per (n,
// d).
extern "C" __global__ void mean_of_places(const Feature *features, const int *photo, Real *mean, int N, int L, int D,
                                          const Real *divisor) {
    int at = blockIdx.x * blockDim.x + threadIdx.x, n = at / D, d = at % D;
    if (n >= N) return;
    const Feature *a = features + (size_t)photo[n] * L * D + d;
    Real sum = 0;
    for (int l = 0; l < L; l++) sum += real(a[(size_t)l * D]);
    mean[at] = sum / (L * divisor[0]);
}

// float16 features of the photos asked for, as Real: what a product needs. Equals features[photo].astype.
extern "C" __global__ void widen(const Feature *features, const int *photo, Real *wide, int size) {
    size_t n = blockIdx.y;
    int at = blockIdx.x * blockDim.x + threadIdx.x;
    if (at < size) wide[n * size + at] = real(features[photo[n] * (size_t)size + at]);
}

// first = tanh(first + [b_h | b_c]), (N, 2H): the state before the first word; h goes to the first rows of h_prev.
extern "C" __global__ void first_state(Real *first, const Real *b_h, const Real *b_c, Real *h_prev, int N, int speaking,
                                       int H) {
    int at = blockIdx.x * blockDim.x + threadIdx.x, n = at / (2 * H), j = at % (2 * H);
    if (n >= N) return;
    first[at] = tanh(first[at] + (j < H ? b_h[j] : b_c[j - H]));
    if (j < H && n < speaking) h_prev[n * H + j] = first[at];
}

// dfirst = [dh | dc] (1 - first²). Equals tanh_backward.
extern "C" __global__ void first_state_backward(const Real *dh, const Real *dc, const Real *first, Real *dfirst, int N,
                                                int H) {
    int at = blockIdx.x * blockDim.x + threadIdx.x, n = at / (2 * H), j = at % (2 * H);
    if (n >= N) return;
    Real y = first[at];
    dfirst[at] = (j < H ? dh[n * H + j] : dc[n * H + j - H]) * (1 - y * y);
}

// x[r] *= mask of the word at `place[r]`: minisat.backend.uniform's hash of (key, index), 0 or `grown`. In place; the
// same call is its own gradient. Equals Dropout.forward and .backward.
extern "C" __global__ void drop(Real *x, const int *place, int R, int M, unsigned key, float p, double grown) {
    int at = blockIdx.x * blockDim.x + threadIdx.x;
    if (at >= R * M) return;
    x[at] = hashed(key, (unsigned)place[at / M] * M + at % M) >= p ? (Real)grown * x[at] : (Real)0;
}

// dE[id] += the rows of d whose word is that id, in their order: a block per different id, no atomics.
// Equals scatter_add. `rows` are sorted by id; those of the k-th id are rows[edges[k]:edges[k + 1]].
extern "C" __global__ void embedding_gradient(const Real *d, const int *ids, const int *rows, const int *edges,
                                              Real *dE, int M) {
    int k = blockIdx.x;
    for (int m = threadIdx.x; m < M; m += blockDim.x) {
        Real sum = 0;
        for (int i = edges[k]; i < edges[k + 1]; i++) sum += d[(size_t)rows[i] * M + m];
        dE[(size_t)ids[rows[edges[k]]] * M + m] += sum;
    }
}

// sums[n, l] = Σ_t alpha of caption n's words, longest caption first. Equals `attention_sum`. A thread per (n, l).
extern "C" __global__ void attention_sums(const Real *alpha, const int *starts, const int *lengths, Real *sums, int N,
                                          int L) {
    int at = blockIdx.x * blockDim.x + threadIdx.x, n = at / L, l = at % L;
    if (n >= N) return;
    Real sum = 0;
    for (int t = 0; t < lengths[n]; t++) sum += alpha[(size_t)(starts[t] + n) * L + l];
    sums[at] = sum;
}
