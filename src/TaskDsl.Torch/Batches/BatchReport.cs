using System.Text.Json.Serialization;
using TaskDsl.Data;

namespace TaskDsl.Torch.Batches;

/// <summary>What a run's data amounts to once it is tokenised and packed.</summary>
public sealed class BatchReport
{
    private const int Shown = 10;
    private readonly List<string> samples = [];

    /// <summary>Optimizer steps of the run.</summary>
    [JsonInclude]
    public int Steps { get; internal set; }

    /// <summary>Optimizer steps of the first epoch.</summary>
    [JsonInclude]
    public int StepsPerEpoch { get; internal set; }

    /// <summary>Sequences of the steps, each counted as often as it is drawn.</summary>
    [JsonInclude]
    public long Sequences { get; private set; }

    /// <summary>Their tokens.</summary>
    [JsonInclude]
    public long Tokens { get; private set; }

    /// <summary>Their tokens that carry the loss of a supervised objective.</summary>
    [JsonInclude]
    public long AnswerTokens { get; private set; }

    /// <summary>Entities that a head over tokens cannot learn, because no tag says them, each counted as often as it was drawn.</summary>
    [JsonInclude]
    public long Untagged { get; private set; }

    /// <summary>Entities that stand only inside longer words, which are learned in their place, counted in the same way.</summary>
    [JsonInclude]
    public long Widened { get; private set; }

    /// <summary>Rows.</summary>
    [JsonInclude]
    public long Rows { get; private set; }

    /// <summary>Tokens that a row has room for.</summary>
    public required int Capacity { get; init; }

    /// <summary>Whether sequences share rows. If not, a row is as long as the longest of its batch.</summary>
    public required bool Packed { get; init; }

    /// <summary>The share of packed rows' room that is no padding.</summary>
    public double? Fill => Packed && Rows > 0 ? (double)Tokens / (Rows * Capacity) : null;

    /// <summary>Rows of the step that has the most.</summary>
    internal int MostRows { get; private set; }

    /// <summary>Tokens of the batch that has the most, without padding.</summary>
    internal int MostTokens { get; private set; }

    /// <summary>Tokens of the longest row.</summary>
    internal int LongestRow { get; private set; }

    /// <summary>Tokens of the longest sequence, before anything was cut of it.</summary>
    internal int LongestSequence { get; private set; }

    /// <summary>Sequences that were left out as too long, each counted as often as it was drawn.</summary>
    [JsonInclude]
    public long Dropped { get; private set; }

    /// <summary>Sequences whose prompt was shortened, each counted as often as it was drawn.</summary>
    [JsonInclude]
    public long Shortened { get; private set; }

    /// <summary>The first of those, each with its length.</summary>
    [JsonInclude]
    public IReadOnlyList<string> OverlongSamples
    {
        get => samples;
        private init => samples = [.. value];
    }

    /// <summary>Counts the rows of one step.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="perBatch">How many go through the model at a time.</param>
    internal void Count(IReadOnlyList<TokenRow> rows, int perBatch)
    {
        Rows += rows.Count;
        MostTokens = Math.Max(MostTokens, rows.Chunk(perBatch).Max(batch => batch.Sum(row => row.Tokens)));
        MostRows = Math.Max(MostRows, rows.Count);
        foreach (var row in rows)
        {
            Sequences += row.Numbers.Length;
            Tokens += row.Tokens;
            AnswerTokens += row.CompletionTokens;
            Untagged += row.Untagged;
            Widened += row.Widened;
            LongestRow = Math.Max(LongestRow, row.Tokens);
        }
    }

    /// <summary>Observes a sequence, whatever becomes of it.</summary>
    internal void Observe(int tokens) => LongestSequence = Math.Max(LongestSequence, tokens);

    internal void LeftOut(TokenGroup group)
    {
        Dropped++;
        Sample(group, "");
    }

    internal void Truncated(TokenGroup group)
    {
        Shortened++;
        Sample(group, ", prompt shortened");
    }

    internal void ThrowIfOverlong(Overlong policy)
    {
        if (Dropped == 0 || policy == Overlong.Drop)
            return;
        var reason =
            policy == Overlong.Fail
                ? "Raise batch.sequence_length, or set batch.overlong to drop (leaves them out) or truncate_input (shortens their prompts)."
                : "Their answers alone fill the row, and an answer is never cut. Raise batch.sequence_length, or set "
                    + "batch.overlong to drop.";
        throw new DataException(
            $"{Dropped} {(Dropped == 1 ? "sequence does" : "sequences do")} not fit into a row of {Capacity} tokens:\n  "
                + $"{string.Join("\n  ", samples)}{(Dropped > samples.Count ? "\n  …" : "")}\n{reason}"
        );
    }

    private void Sample(TokenGroup group, string what)
    {
        if (samples.Count < Shown)
            samples.Add($"{group.Origin}: {group.Length} tokens{what}");
    }
}
