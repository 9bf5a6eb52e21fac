using TaskDsl.Data;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Batching;

/// <summary>
/// Rows of tokens for one pass through a model, <c>[rows, length]</c> in row-major order. In each row sequences stand one behind the
/// other; positions begin again at 0 in each, and the segment numbers (from 1; 0 is padding) say which tokens may see each other.
/// </summary>
public sealed class TokenBatch
{
    private readonly long[] ids;
    private readonly long[] positions;
    private readonly long[] segments;
    private readonly bool[] answer;

    /// <summary>Lays rows out; shorter ones are padded on the right.</summary>
    /// <param name="rows">The sequences of each row.</param>
    /// <param name="padding">The token that fills rows up.</param>
    public TokenBatch(IReadOnlyList<TokenSequence[]> rows, int padding)
    {
        (Rows, Padding) = (rows.Count, padding);
        Length = rows.Max(row => row.Sum(s => s.Length));
        ids = new long[Rows * Length];
        positions = new long[Rows * Length];
        segments = new long[Rows * Length];
        answer = new bool[Rows * Length];
        Array.Fill(ids, padding);
        for (var row = 0; row < Rows; row++)
        {
            var at = row * Length;
            for (var segment = 0; segment < rows[row].Length; segment++)
            {
                var sequence = rows[row][segment];
                for (var i = 0; i < sequence.Length; i++, at++)
                    (ids[at], positions[at], segments[at], answer[at]) = (sequence.Ids[i], i, segment + 1, sequence.Answer[i]);
                Tokens += sequence.Length;
            }

            IsPacked |= rows[row].Length > 1;
        }

        Origins = [.. rows.SelectMany(row => row.Select(s => s.Origin))];
    }

    /// <summary>How many rows.</summary>
    public int Rows { get; }

    /// <summary>Tokens per row, padding included.</summary>
    public int Length { get; }

    /// <summary>Tokens that are no padding.</summary>
    public long Tokens { get; }

    /// <summary>Whether a row holds several sequences.</summary>
    public bool IsPacked { get; }

    /// <summary>Where the sequences were read from, in order.</summary>
    public IReadOnlyList<RecordOrigin> Origins { get; }

    /// <summary>The tokens, row by row.</summary>
    public ReadOnlySpan<long> Ids => ids;

    /// <summary>Each token's position in its sequence.</summary>
    public ReadOnlySpan<long> Positions => positions;

    /// <summary>Each token's segment in its row, from 1; 0 for padding.</summary>
    public ReadOnlySpan<long> Segments => segments;

    /// <summary>For each token, whether the model must produce it.</summary>
    public ReadOnlySpan<bool> Answer => answer;

    /// <summary>The places, as row · length + column, from which the next token of the same sequence is to be predicted.</summary>
    /// <param name="answerOnly">Only where the next token belongs to an answer.</param>
    public long[] Predicting(bool answerOnly)
    {
        var places = new List<long>();
        for (var at = 0; at + 1 < segments.Length; at++)
        {
            var inside = segments[at] != 0 && segments[at] == segments[at + 1] && (at + 1) % Length != 0;
            if (inside && (answer[at + 1] || !answerOnly)) places.Add(at);
        }

        return [.. places];
    }

    /// <summary>The token that fills rows up.</summary>
    public int Padding { get; }

    /// <summary>Each sequence as what is given and what must be produced from the first token of an answer on.</summary>
    public IEnumerable<(ArraySegment<long> Read, ArraySegment<long> Written)> Sequences()
    {
        for (var begin = 0; begin < ids.Length;)
        {
            var end = begin;
            while (end < ids.Length && end / Length == begin / Length && segments[end] == segments[begin]) end++;
            var first = segments[begin] == 0 ? -1 : Array.IndexOf(answer, true, begin, end - begin);
            if (segments[begin] != 0) yield return first < 0 ? (new(ids, begin, end - begin), []) : (new(ids, begin, first - begin), new(ids, first, end - first));
            begin = end;
        }
    }

    /// <summary>Runs the model over the batch.</summary>
    /// <returns>The last hidden states, <c>[rows, length, hidden]</c>.</returns>
    public Tensor Hidden(Decoder decoder)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        var tokens = Tensor(ids, decoder.Device);
        // Padding stands on the right, where no real token sees it: only shared rows need a mask.
        return IsPacked
            ? decoder.Hidden(tokens, Tensor(positions, decoder.Device), AttentionPattern.Packed(Tensor(segments, decoder.Device)))
            : decoder.Hidden(tokens);
    }

    private Tensor Tensor(long[] values, Device device) => torch.tensor(values, [Rows, Length], device: device);
}
