using TaskDsl.Torch.Decoding.Generation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>Who answers a step's questions. The caller frees it.</summary>
public abstract class Answering : IDisposable
{
    /// <summary>A hash of the one who answers, for the records that are made of the answers.</summary>
    public abstract string Fingerprint { get; }

    /// <summary>Answers all questions, in their order.</summary>
    /// <param name="requests">The questions.</param>
    /// <param name="progress">Receives how many answers are there.</param>
    public abstract IReadOnlyList<GivenAnswer> Answer(IReadOnlyList<PredictionRequest> requests, IProgress<int> progress);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what it holds.</summary>
    protected virtual void Dispose(bool disposing) { }
}
