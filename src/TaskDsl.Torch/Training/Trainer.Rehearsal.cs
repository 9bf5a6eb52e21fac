using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Training;

// What a plan measures: some steps and one validation batch, for their time alone.
internal sealed partial class Trainer
{
    /// <summary>Takes the first steps, for their time alone.</summary>
    public IEnumerable<TimeSpan> Rehearse(CancellationToken cancellationToken)
    {
        foreach (var step in Stream.Steps(State.Next, CancellationToken.None))
        {
            var started = Stopwatch.GetTimestamp();
            if (TakeStep(step, cancellationToken) is null)
                throw new OperationCanceledException(cancellationToken);
            freed.Return();
            State = State with { Step = State.Step + 1 };
            yield return Stopwatch.GetElapsedTime(started);
        }
    }

    /// <summary>The mean loss on the validation part takes so long to measure, by its first batch.</summary>
    public TimeSpan RehearseValidation()
    {
        if (Validation.Count == 0)
            return TimeSpan.Zero;
        var started = Stopwatch.GetTimestamp();
        using (no_grad())
        using (NewDisposeScope())
            Loss(Validation[0], dropout: 0)[0].Sum.ToDouble();
        return Stopwatch.GetElapsedTime(started) * Validation.Count;
    }
}
