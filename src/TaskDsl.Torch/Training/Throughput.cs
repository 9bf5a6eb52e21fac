namespace TaskDsl.Torch.Training;

/// <summary>How fast a run is, over its last steps.</summary>
internal sealed class Throughput
{
    private const int Window = 20;
    private readonly Queue<(long Tokens, TimeSpan Time)> last = new();
    private long tokens;
    private TimeSpan time;

    public double TokensPerSecond => time.Ticks == 0 ? 0 : tokens / time.TotalSeconds;

    public TimeSpan TimePerStep => last.Count == 0 ? TimeSpan.Zero : time / last.Count;

    public TimeSpan LastStep { get; private set; }

    public void Add(long count, TimeSpan took)
    {
        LastStep = took;
        last.Enqueue((count, took));
        (tokens, time) = (tokens + count, time + took);
        if (last.Count <= Window)
            return;
        var gone = last.Dequeue();
        (tokens, time) = (tokens - gone.Tokens, time - gone.Time);
    }
}
