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

    /// <summary>
    /// Takes in the texts of another run of the same source, behind its own; both have read what they were begun with. Default: it cannot,
    /// and the other's texts wait until these are written.
    /// </summary>
    /// <param name="other">The other run; it is empty then, and still to be disposed.</param>
    /// <returns>Whether it has taken them.</returns>
    public virtual bool Join(LogitSourceRun other) => false;

    /// <inheritdoc/>
    public abstract void Dispose();
}
