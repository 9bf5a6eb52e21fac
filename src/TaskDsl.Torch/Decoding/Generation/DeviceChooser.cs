using static TorchSharp.torch;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>Chooses a token for each row, on the device that holds the scores.</summary>
/// <param name="logits">float32 <c>[rows, vocabulary]</c>, not normalised.</param>
/// <param name="points">float64 <c>[rows]</c>: for each row a number drawn evenly from [0, 1).</param>
/// <returns>int64 <c>[rows]</c>.</returns>
public delegate Tensor DeviceChooser(Tensor logits, Tensor points);
