namespace TaskDsl.Clients.Asking;

/// <summary>How a client is asked.</summary>
public sealed record ClientOptions
{
    /// <summary>
    /// The folder that keeps answers: what was asked before is not asked again. It may be deleted at any time. Default: none are kept.
    /// </summary>
    public string? Cache { get; init; }

    /// <summary>The file that gets each question with its answer, in the order of asking. Default: none.</summary>
    public string? Log { get; init; }

    /// <summary>Is told what should be known: that it waits, and why. One at a time. Default: nobody.</summary>
    public Action<string> Tell { get; init; } = _ => { };

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
