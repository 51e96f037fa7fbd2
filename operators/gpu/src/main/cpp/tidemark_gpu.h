/*
 * Builds layered proximity graphs from exact nearest neighbours. One source gives two libraries with this interface:
 * libtidemark_gpu (nvcc) and its CPU twin, libtidemark_twin (g++), which checks it.
 *
 * No function exits, aborts or throws: each gives a code, and a message where there is room for one. All functions may
 * be called from any thread, several builds at once included.
 */
#ifndef TIDEMARK_GPU_H
#define TIDEMARK_GPU_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Goes up with every change of a signature, a struct or a code below. */
#define TDM_VERSION 1

#define TDM_EXPORT __attribute__((visibility("default")))

enum tdm_code {
  TDM_OK = 0,
  TDM_BAD_ARGUMENT = 1,  /* a parameter is out of its range */
  TDM_BAD_VECTOR = 2,    /* a vector holds NaN or infinity */
  TDM_NO_DEVICE = 3,     /* no GPU that this library can use */
  TDM_OUT_OF_MEMORY = 4, /* host or device memory does not suffice; the message has both numbers */
  TDM_CANCELLED = 5,     /* tdm_control.cancel was set */
  TDM_DEVICE_FAILED = 6, /* the GPU or its driver failed in the middle */
  TDM_UNSUPPORTED = 7,   /* valid, but more than this library builds */
  TDM_INTERNAL = 8
};

/* What "near" means. Each is turned into squared L2 over changed vectors. */
enum tdm_space {
  TDM_EUCLIDEAN = 0,
  TDM_ANGULAR = 1, /* L2 between the vectors' directions; a vector of zeros stays one */
  TDM_LIFTED = 2   /* inner product: one dimension is added that gives all vectors the length of the longest */
};

typedef struct tdm_params {
  int32_t version;           /* TDM_VERSION of the caller */
  int32_t space;             /* enum tdm_space */
  int64_t count;             /* vectors */
  int32_t dimension;         /* floats of each, 1 to 32768 */
  int32_t bottom_degree;     /* neighbours of a node at most on the bottom layer, 2 to 128 */
  int32_t upper_degree;      /* and on those above, 1 to 128 */
  int32_t threads;           /* of the host, from 1 */
  float alpha;               /* how much longer than needed a kept edge may be, as a ratio of squared distances, from 1 */
  int32_t device;            /* ordinal of the GPU; the twin ignores it */
  int64_t host_bytes_max;    /* refused if more is needed; 0 is no limit */
  int64_t device_bytes_max;  /* 0: what is free there */
  uint64_t seed;             /* of the order in which vectors are visited; the same gives the same graph */
} tdm_params;

/* Shared by the caller and a running build; both only touch it atomically. Zero it before the build. */
typedef struct tdm_control {
  int32_t cancel;   /* caller: not 0 ends the build soon */
  int32_t reserved;
  int64_t done;     /* library: how far it is, from 0 to tdm_params.count */
} tdm_control;

typedef struct tdm_layer {
  int64_t nodes;
  int64_t edges;
  const int32_t *members;    /* [nodes], ascending */
  const int32_t *offsets;    /* [nodes + 1] */
  const int32_t *neighbours; /* [edges]; those of members[i] at offsets[i] .. offsets[i + 1), nearest first */
} tdm_layer;

typedef struct tdm_graph tdm_graph;

/* TDM_VERSION of the library: a caller goes on only with its own. */
TDM_EXPORT int32_t tdm_version(void);

/* "gpu" or "cpu-twin". */
TDM_EXPORT const char *tdm_kind(void);

/* Whether there is something to run on; text says what it is, or why there is none. */
TDM_EXPORT int32_t tdm_device(int32_t device, char *text, int64_t text_bytes);

/* Bytes that a build takes at most beside the caller's vectors; device: the least it can do with. */
TDM_EXPORT int32_t tdm_estimate(const tdm_params *params, int64_t *host_bytes, int64_t *device_bytes, char *message,
                                int64_t message_bytes);

/*
 * Builds the graph of vectors[count][dimension], which stay the caller's. Returns when it is done or has failed.
 * *graph is set only with TDM_OK, and then freed by the caller with tdm_free.
 */
TDM_EXPORT int32_t tdm_build(const tdm_params *params, const float *vectors, tdm_control *control, tdm_graph **graph,
                             char *message, int64_t message_bytes);

/* Where a search starts, on the top layer; -1 without nodes. */
TDM_EXPORT int32_t tdm_entry(const tdm_graph *graph);

/* Layers, the bottom one included. */
TDM_EXPORT int32_t tdm_layers(const tdm_graph *graph);

/* Layer 0 is the bottom one. Valid until tdm_free. */
TDM_EXPORT int32_t tdm_layer_at(const tdm_graph *graph, int32_t level, tdm_layer *layer);

TDM_EXPORT void tdm_free(tdm_graph *graph);

#ifdef __cplusplus
}
#endif

#endif
