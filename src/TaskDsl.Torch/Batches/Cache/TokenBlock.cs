using System.Buffers;
using System.Runtime.InteropServices;
using TaskDsl.Data;

namespace TaskDsl.Torch.Batches.Cache;

/// <summary>
/// Some examples as the words of a <see cref="TokenFile"/>: weight, number of sequences, and for each lengths, tokens, runs of answers,
/// targets, tags, what could not be tagged or not as it is, terms, the task.
/// </summary>
internal sealed class TokenBlock
{
    private readonly ArrayBufferWriter<int> words = new(1 << 12);
    private readonly List<TokenEntry> entries = [];

    /// <summary>The words.</summary>
    public ReadOnlySpan<int> Words => words.WrittenSpan;

    /// <summary>Where each example stands among them.</summary>
    public ReadOnlySpan<TokenEntry> Entries => CollectionsMarshal.AsSpan(entries);

    /// <summary>Adds an example.</summary>
    /// <param name="group">The example.</param>
    /// <param name="from">The number of what it was made from.</param>
    public void Add(TokenGroup group, int from)
    {
        var start = words.WrittenCount;
        var length = TokenLength.Of(group);
        words.Write([BitConverter.SingleToInt32Bits(group.Weight), group.Sequences.Count]);
        foreach (var sequence in group.Sequences)
            Write(sequence);
        var count = words.WrittenCount - start;
        entries.Add(new TokenEntry(start, count, length.Tokens, length.CompletionTokens, length.Untagged, length.Widened, from));
    }

    /// <summary>Reads one example.</summary>
    public static TokenGroup Read(ReadOnlySpan<int> words, RecordOrigin origin)
    {
        var (weight, sequences) = (BitConverter.Int32BitsToSingle(words[0]), new TokenSequence[words[1]]);
        words = words[2..];
        for (var i = 0; i < sequences.Length; i++)
            sequences[i] = Read(ref words, origin);
        return new TokenGroup(sequences) { Weight = weight };
    }

    private static TokenSequence Read(ref ReadOnlySpan<int> words, RecordOrigin origin)
    {
        var ids = Many(ref words).ToArray();
        var answer = new bool[ids.Length];
        var runs = Many(ref words);
        for (var i = 0; i < runs.Length; i += 2)
            answer.AsSpan(runs[i], runs[i + 1]).Fill(true);
        var target = MemoryMarshal.Cast<int, float>(Many(ref words)).ToArray();
        var tags = Many(ref words).ToArray();
        var (untagged, widened, terms, task) = (words[0], words[1], words[2], words[3]);
        words = words[4..];
        return new TokenSequence(ids, answer, origin)
        {
            Target = target,
            Tags = tags,
            Untagged = untagged,
            Widened = widened,
            Terms = terms,
            Task = task,
        };
    }

    private void Write(TokenSequence sequence)
    {
        Many(sequence.Ids);
        var runs = new List<int>();
        for (var (at, end) = (0, 0); (at = Array.IndexOf(sequence.CompletionMask, true, end)) >= 0; runs.AddRange([at, end - at]))
            end = Array.IndexOf(sequence.CompletionMask, false, at) is >= 0 and var next ? next : sequence.CompletionMask.Length;
        Many(CollectionsMarshal.AsSpan(runs));
        Many(MemoryMarshal.Cast<float, int>(sequence.Target));
        Many(sequence.Tags);
        words.Write([sequence.Untagged, sequence.Widened, sequence.Terms, sequence.Task]);
    }

    private void Many(ReadOnlySpan<int> values)
    {
        words.Write([values.Length]);
        words.Write(values);
    }

    private static ReadOnlySpan<int> Many(ref ReadOnlySpan<int> words)
    {
        var values = words.Slice(1, words[0]);
        words = words[(1 + values.Length)..];
        return values;
    }
}

/// <summary>One example of a <see cref="TokenFile"/>.</summary>
/// <param name="Start">Its first word.</param>
/// <param name="Words">Its words.</param>
/// <param name="Tokens">Its tokens.</param>
/// <param name="CompletionTokens">Those that the model must produce.</param>
/// <param name="Untagged">Entities that no tag says.</param>
/// <param name="Widened">Entities whose tags are those of longer words.</param>
/// <param name="From">The number of what it was made from.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct TokenEntry(long Start, int Words, int Tokens, int CompletionTokens, int Untagged, int Widened, int From);
