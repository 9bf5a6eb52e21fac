using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <summary>What an encoder made of a text.</summary>
/// <param name="States"><c>[batch, tokens, hidden]</c>, virtual tokens included.</param>
/// <param name="Real">bool <c>[batch, tokens]</c>: which are no padding; null = all.</param>
public sealed record EncodedText(Tensor States, Tensor? Real);
