using System.Security.Cryptography;
using System.Text;
using TaskDsl.Data;
using TaskDsl.Data.Rejecting;
using TaskDsl.Prompts;

namespace TaskDsl.Torch.Runs;

/// <summary>Says which data of a task a run was trained on, and where its records went.</summary>
public sealed record RecordedData
{
    /// <summary>The task.</summary>
    public string Task { get; init; } = "";

    /// <summary>A hash of the prompt and of the chat format that it is laid out in.</summary>
    public string PromptFingerprint { get; init; } = "";

    /// <summary>A hash of the examples.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>Examples of the training part.</summary>
    public long Train { get; init; }

    /// <summary>Examples of the validation part.</summary>
    public long Validation { get; init; }

    /// <summary>Examples of the test part.</summary>
    public long Test { get; init; }

    /// <summary>Records read.</summary>
    public long Read { get; init; }

    /// <summary>How many examples stages have made more of them, by cutting; below zero: fewer, by joining.</summary>
    public long Added { get; init; }

    /// <summary>Records left out, by reason.</summary>
    public IReadOnlyDictionary<string, long> Dropped { get; init; } = new Dictionary<string, long>();

    /// <summary>The first of those.</summary>
    public IReadOnlyList<string> DroppedSamples { get; init; } = [];

    /// <summary>What was read though it may not be meant.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>The file of the records that could not be read; null where none is written.</summary>
    public string? Quarantine { get; init; }

    internal static RecordedData Of(Prompt prompt, ChatFormat layout, Dataset data) =>
        new()
        {
            Task = data.Task.Name,
            PromptFingerprint = Convert.ToHexStringLower(
                SHA256.HashData(Encoding.UTF8.GetBytes($"{prompt.Fingerprint}\n{layout.Fingerprint()}"))
            )[..16],
            Fingerprint = data.Fingerprint,
            Train = data[SplitName.Train].Count,
            Validation = data[SplitName.Validation].Count,
            Test = data[SplitName.Test].Count,
            Read = data.Report.Read,
            Added = data.Report.Added,
            Dropped = data.Report.Dropped,
            DroppedSamples = data.Report.DroppedSamples,
            Notices = data.Report.Notices,
            Quarantine = (data.Task.BadRecords as Quarantine)?.PathOf(data.Task),
        };
}
