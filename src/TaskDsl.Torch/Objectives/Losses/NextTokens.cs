using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>The places of a batch from which a next token is to be predicted. Only they reach the vocabulary: no logits are computed for a prompt's tokens or for padding.</summary>
/// <param name="Hidden">The hidden states, <c>[terms, hidden]</c>.</param>
/// <param name="Head">The projection to the vocabulary.</param>
/// <param name="Targets">The tokens to be predicted, int64 <c>[terms]</c>.</param>
/// <param name="Sequence">For each, the number of its sequence in the batch, ascending.</param>
internal sealed record NextTokens(Tensor Hidden, VocabularyHead Head, Tensor Targets, int[] Sequence)
{
    /// <summary>Runs a model over a batch.</summary>
    /// <param name="model">A decoder, or an encoder–decoder: that reads each sequence up to its answer, and writes the answer.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="answerOnly">Only where the next token belongs to an answer.</param>
    public static NextTokens Of(LanguageModel model, TokenBatch batch, bool answerOnly)
    {
        var (places, targets, sequence) = (new List<long>(), new List<long>(), new List<int>());
        Tensor hidden;
        VocabularyHead head;
        switch (model.Head is LmHead ? model : null)
        {
            case Decoder { IsBidirectional: true }:
                throw new NotSupportedException("A decoder whose tokens see ahead predicts no next token.");
            case Decoder decoder:
                for (var s = 0; s < batch.Sequences.Count; s++)
                {
                    var (tokens, start) = (batch.Sequences[s].Sequence, batch.Sequences[s].Start);
                    for (var i = 1; i < tokens.Ids.Length; i++)
                        if (tokens.Answer[i] || !answerOnly)
                            Add(start + i - 1, tokens.Ids[i], s);
                }

                (hidden, head) = (batch.Hidden(decoder), decoder.Vocabulary);
                break;
            case EncoderDecoder both when answerOnly:
                int[][] given = [.. batch.Sequences.Select(s => s.Given.ToArray())],
                    written = [.. batch.Sequences.Select(s => s.Written.ToArray())];
                var (read, real) = Rows.Pad(given, batch.Padding, model.Device);
                var (begun, _) = Rows.Pad([.. written.Select(w => (int[])[both.Start, .. w.SkipLast(1)])], batch.Padding, model.Device);
                for (var s = 0; s < written.Length; s++)
                for (var i = 0; i < written[s].Length; i++)
                    Add(s * begun.size(1) + i, written[s][i], s);
                (hidden, head) = (both.Hidden(both.Encode(read, real), begun), both.Vocabulary);
                break;
            case EncoderDecoder:
                throw new NotSupportedException(
                    $"The objective causal_lm is for decoders; a {model.Config.ModelType} reads one text and writes another: use supervised."
                );
            default:
                throw new NotSupportedException(
                    $"A {model.Config.ModelType} {model.Head.Summary} writes no text; use masked_lm, classification, token_classification or contrastive."
                );
        }

        var chosen = hidden.reshape(-1, hidden.size(-1)).index_select(0, tensor(places.ToArray(), device: model.Device));
        return new NextTokens(chosen, head, tensor(targets.ToArray(), device: model.Device), [.. sequence]);

        void Add(long place, long target, int of)
        {
            places.Add(place);
            targets.Add(target);
            sequence.Add(of);
        }
    }
}
