namespace TaskDsl.App.Tests.Clients;

/// <summary>A clock of which a hundred seconds are one, and that remembers what it was asked to wait.</summary>
internal sealed class FastClock : TimeProvider
{
    private const int Times = 100;

    private readonly List<TimeSpan> waited = [];

    public IReadOnlyList<TimeSpan> Waited
    {
        get
        {
            lock (waited)
                return [.. waited];
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (waited)
            waited.Add(dueTime);
        return base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : dueTime / Times, period);
    }
}
