using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using TaskDsl.Codecs;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Stages;

/// <summary>
/// Refines a text by the little program that another field holds (ProX; arXiv 2409.17115), and leaves out those of which too little stays.
/// </summary>
/// <remarks>
/// An operation a line: <c>remove_lines(2, 5)</c>, from 0 and both included; <c>remove_lines(all=True)</c>; <c>normalize("source",
/// "target")</c>, wherever it stands in a line; <c>keep_doc()</c>; <c>drop_doc()</c>. What is normalised comes first, so that the numbers
/// are those that were shown. An operation that cannot be read, or names lines that there are not, is an error; the rest is done. What
/// white space parts is a word.
/// </remarks>
[Keyword("apply_edits")]
public sealed record ApplyEdits : Stage
{
    /// <summary>The text.</summary>
    [FieldName("text", "string")]
    public required string Of { get; init; }

    /// <summary>The field that holds the program.</summary>
    [FieldName("text", "string")]
    public required string By { get; init; }

    /// <summary>From so many errors on the text stays as it was.</summary>
    [Range(1, 1000)]
    public int Errors { get; init; } = 2;

    /// <summary>With so many words or fewer a text is left out.</summary>
    [Range(0, 1_000_000)]
    public int LeastWords { get; init; } = 10;

    /// <summary>Where this share of the words goes, or more, a text is left out.</summary>
    [Range(0.0, 1.0)]
    public double MostRemoved { get; init; } = 0.95;

    /// <inheritdoc/>
    public override async IAsyncEnumerable<T> ApplyAsync<T>(
        IAsyncEnumerable<T> examples,
        StageContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        context.CheckFields("apply_edits", Of, By);
        await foreach (var example in examples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var record = context.Record(example);
            var (text, program) = ((string?)record[Of] ?? "", (string?)record[By] ?? "");
            if (Refined(text, program, out var why) is not { } refined)
                context.Drop(example, why!);
            else if (refined == text)
                yield return example;
            else
            {
                record[Of] = refined;
                if (context.Read(record, example) is { } changed)
                    yield return changed;
            }
        }
    }

    /// <summary>The text that a program makes of another; null where it is left out.</summary>
    /// <param name="text">The text.</param>
    /// <param name="program">The program.</param>
    /// <param name="why">Why it is left out.</param>
    public string? Refined(string text, string program, out string? why)
    {
        why = null;
        var edits = EditProgram.Parse(program);
        var refined = edits.Run(text, out var errors);
        if (errors >= Errors)
            return text;
        var (before, after) = (Words(text), Words(refined));
        why =
            edits.Drops ? "its program drops it"
            : after <= LeastWords ? $"no more than {LeastWords} words are left of it"
            : before - after >= MostRemoved * before ? FormattableString.Invariant($"{MostRemoved:0.##} or more of its words go")
            : null;
        return why is null ? refined : null;
    }

    private static int Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
}
