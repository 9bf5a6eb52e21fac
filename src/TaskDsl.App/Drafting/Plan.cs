using TaskDsl.App.Drafting.Looking;
using TaskDsl.Data;

namespace TaskDsl.App.Drafting;

/// <summary>How a draft is trained: what fits its texts, and takes some minutes on a processor.</summary>
internal sealed record Plan
{
    /// <summary>What it starts from.</summary>
    public required Base Base { get; init; }

    /// <summary>The longest row, in tokens.</summary>
    public required int Row { get; init; }

    /// <summary>Rows of a batch.</summary>
    public required int Rows { get; init; }

    /// <summary>Times that the data is gone through; null where there is so much that steps end the run.</summary>
    public int? Epochs { get; init; }

    /// <summary>The longest answer that is asked for, in tokens.</summary>
    public required int Answer { get; init; }

    /// <summary>Whether answers alone may be longer than a row, so that nothing of the input could be cut for them.</summary>
    public required bool AnswersAreLong { get; init; }

    /// <summary>The plan of a draft.</summary>
    public static Plan Of(Draft draft)
    {
        const int written = 32; // What the prompt says itself.
        var asked = draft.Inputs.Sum(field => Longest(field.Column, 0.95));
        var answered = draft.Output.HasHead ? 0 : Longest(draft.Output.Column, 0.95) + 8;
        var (least, most) = draft.Output.HasHead ? (64, 512) : (128, 1024);
        var row = Math.Clamp((asked + answered + written + 31) / 32 * 32, least, most);
        var start = Base.Of(draft);
        var rows = Math.Clamp(start.BatchTokens / row, 4, 32);
        var train = draft.HasParts ? draft.Profile.In(SplitName.Train) : (long)(0.7 * draft.Profile.Rows);
        var epochs = (int)Math.Clamp(start.MostSteps * (long)rows / Math.Max(1, train), 0, 10);
        return new Plan
        {
            Base = start,
            Row = row,
            Rows = rows,
            Epochs = epochs == 0 ? null : epochs,
            Answer = Math.Clamp(answered * 3 / 2, 16, 256),
            AnswersAreLong = !draft.Output.HasHead && Longest(draft.Output.Column, 1) * 3 / 2 + written > row,
        };
    }

    /// <summary>The tokens that a share of a column's values does not go beyond, about.</summary>
    public static int Longest(Column column, double share) =>
        column.Items is { } items
            ? Math.Max(1, (int)Math.Min(8, Math.Ceiling((double)items.Present / Math.Max(1, column.Present)))) * Longest(items, share)
        : column.Objects > 0 ? column.Members.Sum(member => 4 + Longest(member, share))
        : Math.Max(4, column.Tokens.Quantile(share));
}
