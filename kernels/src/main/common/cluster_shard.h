// cluster_shard.h: says mail_forward.h and mail_backward.h that a panel has some rows of the batch, from
// `row` of `batch` on. Before them.
#define BATCH_ROW(p, n) (p.row + n)
#define ROWS_OF(p, q) (p.rows)
#define FETCHED_ROW(p, t, count, i) (((long long)t * p.batch + p.row) * count + i)
