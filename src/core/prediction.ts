export interface Prediction {
  label: string;
  probability: number;
}
