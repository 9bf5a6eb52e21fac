using static TorchSharp.torch;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>Texts that grow token by token, a row each.</summary>
public abstract class LogitSourceRun : IDisposable
{
    /// <summary>The scores of each row's next token, <c>[rows, vocabulary]</c>, on the device, all finite.</summary>
    /// <param name="last">Each row's last token; null at the beginning.</param>
    public abstract Tensor Next(long[]? last);

    /// <summary>Goes on with these rows alone, in this order; one may be named several times, to go on in several ways.</summary>
    /// <param name="rows">The rows.</param>
    public abstract void Select(int[] rows);

    /// <inheritdoc/>
    public abstract void Dispose();
}
