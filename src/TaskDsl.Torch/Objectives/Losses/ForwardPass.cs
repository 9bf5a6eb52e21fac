using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>
/// A model over a batch: the one place that pads, masks and feeds decoders, encoders and encoder–decoders. The model runs when a term first
/// asks for its hidden states, and terms that ask for the same share them.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="batch">The batch.</param>
public sealed class ForwardPass(LanguageModel model, TokenBatch batch) : IDisposable
{
    private readonly Dictionary<PassInput, Tensor> hidden = [];
    private readonly List<ForwardPass> parts = [];
    private ForwardPass? whole;
    private Tensor? completions;

    /// <summary>The model.</summary>
    public LanguageModel Model => model;

    /// <summary>The batch.</summary>
    public TokenBatch Batch => batch;

    /// <summary>
    /// The last hidden states, laid out as the batch is; an encoder–decoder writes the texts that it has read, as transformers' classifiers
    /// do.
    /// </summary>
    /// <param name="input">How the batch is read. Default: as it is.</param>
    /// <returns><c>[batch, virtual + sequence, hidden]</c>: an encoder's virtual tokens stand in front. The pass frees it.</returns>
    /// <exception cref="MisfitException">The batch is packed, and the model reads one text a row.</exception>
    public Tensor Hidden(PassInput? input = null)
    {
        if (whole is not null)
            return whole.Hidden(input);
        input ??= PassInput.Plain;
        if (hidden.TryGetValue(input, out var known))
            return known;
        var made = model switch
        {
            Decoder decoder => Read(decoder, input),
            Encoder encoder => Read(encoder, input),
            EncoderDecoder both => Read(both, input),
            _ => throw new MisfitException($"A {model.Config.ModelType} gives no hidden states."),
        };
        hidden.Add(input, made.DetachFromDisposeScope()); // The scope of the term that asked ends before the next term asks.
        return made;
    }

    /// <summary>The last hidden states of the batch's own tokens, without virtual ones.</summary>
    /// <param name="input">How the batch is read. Default: as it is.</param>
    /// <returns><c>[batch, sequence, hidden]</c>.</returns>
    public Tensor OfTokens(PassInput? input = null)
    {
        var states = Hidden(input);
        return states.narrow(1, states.size(1) - batch.Length, batch.Length); // [batch, sequence, hidden]
    }

    /// <summary>The last hidden states in some places.</summary>
    /// <param name="places">Each as row · length + column.</param>
    /// <param name="input">How the batch is read. Default: as it is.</param>
    /// <returns><c>[rows, hidden]</c>.</returns>
    public Tensor At(IEnumerable<long> places, PassInput? input = null)
    {
        long[] chosen = [.. places];
        HostChecks.Places(batch, chosen);
        var there = Tensor(chosen); // Before the model runs: on a GPU the copy would wait for it.
        var states = OfTokens(input);
        return states.reshape(-1, states.size(2)).index_select(0, there); // [rows, hidden]
    }

    /// <summary>For each sequence the state of the token that stands for its whole text, or the mean where the head reads that.</summary>
    /// <returns><c>[sequences, hidden]</c>.</returns>
    public Tensor OfTexts()
    {
        if (model.Head is TaskHead head && head.ReadsMean(model))
        {
            var own = OfTokens();
            own = own.reshape(-1, own.size(2));
            return stack(batch.Sequences.Select(s => own.narrow(0, s.Start, s.Sequence.Ids.Length).mean([0L])));
        }

        var states = Hidden();
        // Virtual tokens in front make rows wider; an encoder's first token is then a virtual one, as PEFT has it.
        var places = batch.Sequences.Select(s =>
            s.Start / batch.Length * states.size(1) + s.Start % batch.Length + model.PlaceOf(s.Sequence.Ids)
        );
        return states.reshape(-1, states.size(2)).index_select(0, Tensor([.. places])); // [sequences, hidden]
    }

    /// <summary>
    /// The last hidden states of an encoder–decoder, which reads each sequence's prompt and writes its completion: those from which the
    /// completion's tokens are predicted.
    /// </summary>
    /// <returns><c>[sequences, longest completion, hidden]</c>. The pass frees it.</returns>
    public Tensor OfCompletions()
    {
        if (completions is not null)
            return completions;
        var both = (EncoderDecoder)model;
        HostChecks.Tokens(batch, batch.Ids, model);
        int[][] prompts = [.. batch.Sequences.Select(s => s.PromptIds.ToArray())];
        var (read, _) = Rows.Pad(prompts, batch.Padding, model.Device);
        var (begun, _) = Rows.Pad(
            [.. batch.Sequences.Select(s => (int[])[both.Start, .. s.CompletionIds.ToArray().SkipLast(1)])],
            batch.Padding,
            model.Device
        );
        return completions = both.Hidden(both.Encode(read, Ragged(prompts)), begun).DetachFromDisposeScope();
    }

    /// <summary>The last hidden states of texts, each read by itself, by any kind of model.</summary>
    /// <param name="texts">Their tokens.</param>
    /// <param name="layers">The states behind so many layers; 0 gives the embeddings. Default: the last.</param>
    /// <returns><c>[texts, longest, hidden]</c> in float32, and bool <c>[texts, longest]</c>: which are no padding.</returns>
    public (Tensor Hidden, Tensor Real) Texts(IReadOnlyList<int[]> texts, int? layers = null)
    {
        HostChecks.Tokens(texts, batch.Padding, model);
        var (ids, real) = Rows.Pad(texts, batch.Padding, model.Device);
        var pattern = Ragged(texts);
        var states = model switch
        {
            Encoder encoder => encoder.Hidden(ids, pattern: pattern, layers: layers),
            Decoder decoder => decoder.Hidden(ids, pattern: pattern, layers: layers),
            EncoderDecoder both => both.Encode(ids, pattern, layers).States,
            _ => throw new MisfitException($"A {model.Config.ModelType} gives no hidden states."),
        };
        // Without virtual tokens: [texts, sequence, hidden].
        return (states.narrow(1, states.size(1) - ids.size(1), ids.size(1)).to(ScalarType.Float32), real);
    }

    /// <summary>The same pass with the sequences that are for one term of a sum; the model runs once for all terms.</summary>
    /// <param name="term">The number of the term.</param>
    /// <returns>This pass where all are; this one frees the other.</returns>
    public ForwardPass For(int term)
    {
        var part = batch.For(term);
        if (part == batch)
            return this;
        parts.Add(new ForwardPass(model, part) { whole = this });
        return parts[^1];
    }

    /// <summary>Frees the hidden states; the graphs of losses keep what they need of them.</summary>
    public void Dispose()
    {
        foreach (var states in hidden.Values)
            states.Dispose();
        foreach (var part in parts)
            part.Dispose();
        completions?.Dispose();
    }

    private Tensor Read(Encoder encoder, PassInput input)
    {
        if (batch.IsPacked)
            throw new MisfitException("An encoder reads one text a row: set batch.packing to false.");
        return encoder.Hidden(Ids(input), pattern: AttentionPattern.Ragged(batch.Lengths));
    }

    private Tensor Read(EncoderDecoder both, PassInput input)
    {
        if (batch.IsPacked)
            throw new MisfitException($"A {model.Config.ModelType} reads one text a row: set batch.packing to false.");
        var tokens = Ids(input); // [batch, sequence]
        var start = full([batch.Rows, 1], both.Start, dtype: ScalarType.Int64, device: both.Device);
        var shifted = cat([start, tokens.narrow(1, 0, batch.Length - 1)], 1); // [batch, sequence]
        return both.Hidden(both.Encode(tokens, AttentionPattern.Ragged(batch.Lengths)), shifted);
    }

    private Tensor Read(Decoder decoder, PassInput input)
    {
        var ahead = input.Bidirectional ?? decoder.IsBidirectional;
        // Padding stands on the right, where no token sees it that sees only those before: there, only shared rows need a mask.
        if (!ahead && !batch.IsPacked)
            return decoder.Hidden(Ids(input), bidirectional: ahead);
        if (!batch.IsPacked)
            return decoder.Hidden(Ids(input), pattern: AttentionPattern.Ragged(batch.Lengths), bidirectional: ahead);
        var packed = AttentionPattern.Packed(batch.Segments, batch.Length, model.Device);
        return decoder.Hidden(Ids(input), OnDevice(batch.Positions), packed, bidirectional: ahead, reach: Reach);
    }

    private static AttentionPattern Ragged(IReadOnlyList<int[]> texts) => AttentionPattern.Ragged([.. texts.Select(text => text.Length)]);

    /// <summary>The largest position of the batch and one.</summary>
    private long Reach
    {
        get
        {
            var last = 0L;
            foreach (var position in batch.Positions)
                last = Math.Max(last, position);
            return last + 1;
        }
    }

    private Tensor Ids(PassInput input)
    {
        var ids = input.Ids ?? batch.Ids;
        HostChecks.Tokens(batch, ids, model);
        if (input.Ids is not null)
            HostChecks.Tokens(batch, batch.Ids, model); // Whoever reads other tokens learns the batch's own.
        return OnDevice(ids);
    }

    private Tensor OnDevice(ReadOnlySpan<long> values) => FromHost.Tensor(values, [batch.Rows, batch.Length], model.Device);

    private Tensor Tensor(long[] values) => FromHost.Tensor(values, model.Device);
}
