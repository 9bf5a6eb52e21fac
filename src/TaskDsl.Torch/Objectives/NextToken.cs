using TaskDsl.Torch.Batching;
using TaskDsl.Torch.Models;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives;

/// <summary>The cross-entropy of next tokens.</summary>
internal static class NextToken
{
    /// <summary>Only places that count reach the vocabulary: no logits are computed for a prompt's tokens or for padding.</summary>
    public static LossSum Loss(LanguageModel model, TokenBatch batch, bool answerOnly, Average average = Average.Tokens)
    {
        using var scope = NewDisposeScope();
        var (hidden, head, chosen) = model switch
        {
            Decoder decoder => Written(decoder, batch, answerOnly),
            EncoderDecoder both when answerOnly => Answered(both, batch),
            EncoderDecoder => throw new NotSupportedException($"The objective causal_lm is for decoders; a {model.Config.ModelType} reads one text and writes another: use supervised."),
            _ => throw new NotSupportedException($"A {model.Config.ModelType} writes no text; use masked_lm, classification or token_classification."),
        };
        var (weights, count) = average == Average.Tokens ? (Equal(chosen.Count), chosen.Count) : PerExample(chosen);
        var places = tensor(chosen.Select(c => c.Place).ToArray(), device: model.Device);
        var targets = tensor(chosen.Select(c => c.Target).ToArray(), device: model.Device);
        var sum = HeadLoss.Sum(hidden.reshape(-1, hidden.size(-1)).index_select(0, places), head, targets, tensor(weights, device: model.Device));
        return new LossSum(sum.MoveToOuterDisposeScope(), count);
    }

    private static (Tensor Hidden, VocabularyHead Head, List<Term> Terms) Written(Decoder decoder, TokenBatch batch, bool answerOnly)
    {
        var terms = batch.Predicting(answerOnly).Select(place => new Term(place, batch.Ids[(int)place + 1], (place / batch.Length, batch.Segments[(int)place]))).ToList();
        return (batch.Hidden(decoder), decoder.Head, terms);
    }

    /// <summary>An encoder–decoder reads each sequence up to its answer, and writes the answer.</summary>
    private static (Tensor Hidden, VocabularyHead Head, List<Term> Terms) Answered(EncoderDecoder model, TokenBatch batch)
    {
        var examples = batch.Sequences().Select(s => (Read: s.Read.ToArray(), Written: s.Written.ToArray())).Where(s => s.Written.Length > 0).ToArray();
        if (examples.Length == 0) return (zeros([1, 1, model.Config.HiddenSize], device: model.Device), model.Head, []);
        var (read, real) = Rows.Pad([.. examples.Select(e => e.Read)], batch.Padding, model.Device);
        var (written, _) = Rows.Pad([.. examples.Select(e => (long[])[model.Start, .. e.Written[..^1]])], batch.Padding, model.Device);
        var text = model.Encode(read, real);
        var terms = new List<Term>();
        for (var row = 0; row < examples.Length; row++)
            for (var i = 0; i < examples[row].Written.Length; i++)
                terms.Add(new Term(row * written.size(1) + i, examples[row].Written[i], (row, 0)));
        return (model.Hidden(text, written), model.Head, terms);
    }

    private static float[] Equal(int count)
    {
        var weights = new float[count];
        Array.Fill(weights, 1);
        return weights;
    }

    /// <summary>Each token's weight is one over the tokens of its example; the weights of all sum up to the number of examples.</summary>
    private static (float[] Weights, int Examples) PerExample(List<Term> terms)
    {
        var weights = new float[terms.Count];
        var (begin, examples) = (0, 0);
        for (var end = 1; end <= terms.Count; end++)
        {
            if (end < terms.Count && terms[end].Example == terms[begin].Example) continue;
            weights.AsSpan(begin..end).Fill(1f / (end - begin));
            (begin, examples) = (end, examples + 1);
        }

        return (weights, examples);
    }

    /// <summary>One term of the sum: from which place which token is to be predicted, and of which example.</summary>
    private readonly record struct Term(long Place, long Target, (long Row, long Segment) Example);
}

/// <summary>What a loss is averaged over.</summary>
public enum Average
{
    /// <summary>Tokens: a long answer weighs more than a short one.</summary>
    Tokens,

    /// <summary>Examples: an answer weighs the same however long it is, so that tasks with short answers are not drowned by the others.</summary>
    Examples,
}
