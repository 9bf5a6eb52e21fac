using System.Buffers;
using System.Runtime.InteropServices;
using TaskDsl.Data;

namespace TaskDsl.Torch.Batches.Cache;

/// <summary>Some sequences as the words of a <see cref="TokenFile"/>: lengths, tokens, runs of answers, targets, tags, what could not be tagged, worse answers.</summary>
internal sealed class TokenBlock
{
    private readonly ArrayBufferWriter<int> words = new(1 << 12);
    private readonly List<TokenEntry> entries = [];

    /// <summary>The words.</summary>
    public ReadOnlySpan<int> Words => words.WrittenSpan;

    /// <summary>Where each sequence stands among them.</summary>
    public ReadOnlySpan<TokenEntry> Entries => CollectionsMarshal.AsSpan(entries);

    /// <summary>Adds a sequence.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="from">The number of what it was made from.</param>
    public void Add(TokenSequence sequence, int from)
    {
        var start = words.WrittenCount;
        var length = TokenLength.Of(sequence);
        Write(sequence);
        entries.Add(new TokenEntry(start, words.WrittenCount - start, length.Tokens, length.Answers, length.Untagged, from));
    }

    /// <summary>Reads one sequence.</summary>
    public static TokenSequence Read(ref ReadOnlySpan<int> words, RecordOrigin origin)
    {
        var ids = Many(ref words).ToArray();
        var answer = new bool[ids.Length];
        var runs = Many(ref words);
        for (var i = 0; i < runs.Length; i += 2)
            answer.AsSpan(runs[i], runs[i + 1]).Fill(true);
        var target = MemoryMarshal.Cast<int, float>(Many(ref words)).ToArray();
        var tags = Many(ref words).ToArray();
        var (untagged, worse) = (words[0], new TokenSequence[words[1]]);
        words = words[2..];
        for (var i = 0; i < worse.Length; i++)
            worse[i] = Read(ref words, origin);
        return new TokenSequence(ids, answer, origin)
        {
            Target = target,
            Tags = tags,
            Untagged = untagged,
            Worse = worse,
        };
    }

    private void Write(TokenSequence sequence)
    {
        Many(sequence.Ids);
        var runs = new List<int>();
        for (var (at, end) = (0, 0); (at = Array.IndexOf(sequence.Answer, true, end)) >= 0; runs.AddRange([at, end - at]))
            end = Array.IndexOf(sequence.Answer, false, at) is >= 0 and var next ? next : sequence.Answer.Length;
        Many(CollectionsMarshal.AsSpan(runs));
        Many(MemoryMarshal.Cast<float, int>(sequence.Target));
        Many(sequence.Tags);
        words.Write([sequence.Untagged, sequence.Worse.Count]);
        foreach (var worse in sequence.Worse)
            Write(worse);
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

/// <summary>One sequence of a <see cref="TokenFile"/>.</summary>
/// <param name="Start">Its first word.</param>
/// <param name="Words">Its words.</param>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Answers">Those that the model must produce.</param>
/// <param name="Untagged">Entities that no tag says.</param>
/// <param name="From">The number of what it was made from.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct TokenEntry(long Start, int Words, int Tokens, int Answers, int Untagged, int From);
