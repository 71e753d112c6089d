// norm_row.h: layer normalisation of one row by one work-group: x^ = (a - mean) / sqrt(v + epsilon) with
// mean and variance v of the row. gain and shift as in org.recurrentops.RnnSpecBuilder.layerNorm.

// Mean of a row.
CELL_FUNCTION float row_mean(
    GLOBAL const float *a, int columns, LOCAL float *scratch, int id, int size) {
  float sum = 0.0f;
  for (int j = id; j < columns; j += size) {
    sum += a[j];
  }
  return group_sum(sum, scratch, id, size) / (float)columns;
}

// 1 / sqrt(v + epsilon) of a row.
CELL_FUNCTION float row_inverse(
    GLOBAL const float *a, float mean, float epsilon, int columns, LOCAL float *scratch, int id,
    int size) {
  float sum = 0.0f;
  for (int j = id; j < columns; j += size) {
    const float d = a[j] - mean;
    sum += d * d;
  }
  return 1.0f / CELL_SQRT(group_sum(sum, scratch, id, size) / (float)columns + epsilon);
}

// Gradient of an element of the row from d = gain * dL/d(gain * x^ + shift), with the row's means of d
// and of d * x^.
CELL_FUNCTION float norm_gradient(float d, float normal, float inverse, float mean, float slope) {
  return inverse * (d - mean - normal * slope);
}

// Gradients to, of the row that was normalised, from those of gain * x^ + shift; to may be d.
CELL_FUNCTION void row_gradient(
    GLOBAL const float *d, GLOBAL const float *gain, GLOBAL const float *normal, float inverse,
    GLOBAL float *to, int columns, LOCAL float *scratch, int id, int size) {
  float sum = 0.0f;
  float product = 0.0f;
  for (int j = id; j < columns; j += size) {
    const float through = gain[j] * d[j];
    sum += through;
    product += through * normal[j];
  }
  const float mean = group_sum(sum, scratch, id, size) / (float)columns;
  const float slope = group_sum(product, scratch, id, size) / (float)columns;
  for (int j = id; j < columns; j += size) {
    to[j] = norm_gradient(gain[j] * d[j], normal[j], inverse, mean, slope);
  }
}
