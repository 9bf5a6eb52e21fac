using TaskDsl.Data;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Batches;

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
    private readonly List<PlacedSequence> placed = [];

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
        var examples = 0;
        for (var row = 0; row < Rows; row++)
        {
            var (at, segment) = (row * Length, 0L);
            foreach (var example in rows[row])
            {
                Tokens += example.Length;
                for (var rank = 0; rank <= example.Worse.Count; rank++)
                {
                    var sequence = rank == 0 ? example : example.Worse[rank - 1];
                    segment++;
                    placed.Add(new PlacedSequence(sequence, at, examples, rank));
                    for (var i = 0; i < sequence.Ids.Length; i++, at++)
                        (ids[at], positions[at], segments[at], answer[at]) = (sequence.Ids[i], i, segment, sequence.Answer[i]);
                }

                examples++;
            }

            IsPacked |= segment > 1;
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
            if (inside && (answer[at + 1] || !answerOnly))
                places.Add(at);
        }

        return [.. places];
    }

    /// <summary>The token that fills rows up.</summary>
    public int Padding { get; }

    /// <summary>The sequences, in the order in which they lie.</summary>
    public IReadOnlyList<PlacedSequence> Sequences => placed;

    /// <summary>Runs the model over the batch.</summary>
    /// <returns>The last hidden states, <c>[rows, length, hidden]</c>.</returns>
    /// <exception cref="NotSupportedException">The model is an encoder and the batch is packed.</exception>
    /// <param name="encoder">The model.</param>
    /// <param name="replaced">Tokens in the place of the batch's own. Default: those.</param>
    public Tensor Hidden(Encoder encoder, long[]? replaced = null)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        if (IsPacked)
            throw new NotSupportedException("An encoder reads one text a row: set batch.packing to false.");
        return encoder.Hidden(
            Tensor(replaced ?? ids, encoder.Device),
            pattern: AttentionPattern.Padded(Tensor(segments, encoder.Device) != 0)
        );
    }

    /// <summary>Runs the model over the batch.</summary>
    /// <returns>The last hidden states, <c>[rows, length, hidden]</c>.</returns>
    public Tensor Hidden(Decoder decoder)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        if (decoder.IsBidirectional)
            return decoder.Hidden(
                Tensor(ids, decoder.Device),
                Tensor(positions, decoder.Device),
                IsPacked
                    ? AttentionPattern.Packed(Tensor(segments, decoder.Device))
                    : AttentionPattern.Padded(Tensor(segments, decoder.Device) != 0)
            );
        var tokens = Tensor(ids, decoder.Device);
        // Padding stands on the right, where no real token sees it: only shared rows need a mask.
        return IsPacked
            ? decoder.Hidden(tokens, Tensor(positions, decoder.Device), AttentionPattern.Packed(Tensor(segments, decoder.Device)))
            : decoder.Hidden(tokens);
    }

    /// <summary>
    /// Runs the model over the batch; an encoder–decoder writes the texts that it has read, as transformers' classifiers do.
    /// </summary>
    /// <returns>The last hidden states, <c>[rows, length, hidden]</c>; an encoder's with its virtual tokens in front.</returns>
    public Tensor Hidden(LanguageModel model)
    {
        switch (model)
        {
            case Encoder encoder:
                return Hidden(encoder);
            case Decoder decoder:
                return Hidden(decoder);
            case EncoderDecoder both when !IsPacked:
                var tokens = Tensor(ids, both.Device);
                var begun = cat(
                    [full([Rows, 1], both.Start, dtype: ScalarType.Int64, device: both.Device), tokens.narrow(1, 0, Length - 1)],
                    1
                );
                return both.Hidden(both.Encode(tokens, Tensor(segments, both.Device) != 0), begun);
            default:
                throw new NotSupportedException($"A {model.Config.ModelType} reads one text a row: set batch.packing to false.");
        }
    }

    /// <summary>For each sequence the state of the token that stands for all of its text, <c>[sequences, hidden]</c>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="hidden">Its hidden states of this batch.</param>
    public Tensor Texts(LanguageModel model, Tensor hidden)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(hidden);
        // Virtual tokens in front make rows wider; an encoder's first token is then a virtual one, as PEFT has it.
        var places = placed.Select(p => p.Start / Length * hidden.size(1) + p.Start % Length + model.PlaceOf(p.Sequence.Ids)).ToArray();
        return hidden.reshape(-1, hidden.size(-1)).index_select(0, torch.tensor(places, device: hidden.device));
    }

    private Tensor Tensor(long[] values, Device device) => torch.tensor(values, [Rows, Length], device: device);
}
