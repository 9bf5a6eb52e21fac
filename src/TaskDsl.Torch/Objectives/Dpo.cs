using System.Buffers;
using System.Buffers.Binary;
using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using TaskDsl.Tasks;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives;

/// <summary>
/// Direct preference optimisation (Rafailov et al., arXiv 2305.18290): of two answers to a question the better one is made likelier than
/// the worse one, measured against the model as it was before tuning, whose log-probabilities are computed once and kept.
/// </summary>
/// <remarks>
/// For decoders and encoder–decoders. The mean is over pairs. The better answer may be an input field too, one that the prompt does not
/// show: then a <c>generate</c> step makes pairs of right answers and the model's own, and round by round this is SPIN (Chen et al., arXiv
/// 2401.01335), whose opponent is the model as each round begins with it.
/// </remarks>
[Keyword("dpo")]
public sealed record Dpo : Objective
{
    /// <summary>The field with the better answer, of the output or the input.</summary>
    public string Chosen { get; init; } = "chosen";

    /// <summary>The field with the worse answer, of the output or the input.</summary>
    public string Rejected { get; init; } = "rejected";

    /// <summary>How strongly the model is held to what it was.</summary>
    [Range(1e-6, 1e3)]
    public double Beta { get; init; } = 0.1;

    /// <summary>The form of the loss.</summary>
    public PreferenceForm Form { get; init; } = PreferenceForm.Sigmoid;

    /// <inheritdoc/>
    public override bool TeachesAnswers => false;

    /// <inheritdoc/>
    public override TokenGroup Encode(ExampleTokens example)
    {
        var items = example.Task.Items(example.Example.OutputValue);
        return new(
            example.PromptAndCompletion(Field(example, items, Chosen)),
            example.PromptAndCompletion(Field(example, items, Rejected))
        );
    }

    /// <inheritdoc/>
    public override ObjectiveRun Start(ObjectiveStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        NextTokens.Check(start.Model, completionOnly: true);
        var reference = new Dictionary<UInt128, double>();
        foreach (var batch in start.Batches)
        {
            start.Cancellation.ThrowIfCancellationRequested();
            if (batch.Sequences.All(s => reference.ContainsKey(Key(s.Sequence))))
                continue;
            using var ungraded = no_grad();
            using var pass = new ForwardPass(start.Model, batch);
            foreach (var (sequence, score) in batch.Sequences.Zip(SequenceScores.Of(pass)))
                reference[Key(sequence.Sequence)] = score.LogProbability;
        }

        return new Run(this, reference);
    }

    private static UInt128 Key(TokenSequence sequence)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(sequence.Ids.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(sequence.CompletionMask.AsSpan()));
        return BinaryPrimitives.ReadUInt128LittleEndian(hash.GetHashAndReset());
    }

    private static string Field(ExampleTokens example, IReadOnlyList<OutputItem> items, string field)
    {
        var task = example.Task;
        if (items.Where(i => i.Field == field).ToArray() is [var item])
            return item.Value;
        if (task.InputFields.Any(f => f.Name == field && f.Type is "string" or "text"))
        {
            var utf8 = new ArrayBufferWriter<byte>();
            task.WriteInput(utf8, example.Example.InputValue);
            using var json = JsonDocument.Parse(utf8.WrittenMemory);
            return json.RootElement.GetProperty(field).GetString()!;
        }

        throw new MisfitException(
            $"dpo: task '{task.Name}' has no text '{field}'; its outputs are {string.Join(", ", task.OutputFields.Select(f => f.Name))}, "
                + $"its inputs {string.Join(", ", task.InputFields.Select(f => f.Name))}."
        );
    }

    private Tensor Lose(Tensor margin) =>
        Form switch
        {
            PreferenceForm.Sigmoid => nn.functional.softplus(margin * -Beta),
            PreferenceForm.Ipo => (margin - 1 / (2 * Beta)).square(),
            PreferenceForm.Hinge => nn.functional.relu(1 - margin * Beta),
            _ => throw new InvalidOperationException($"no form {Form}"),
        };

    /// <param name="objective">The settings.</param>
    /// <param name="reference">The log-probabilities of all answers before tuning.</param>
    private sealed class Run(Dpo objective, Dictionary<UInt128, double> reference) : ObjectiveRun
    {
        public override double[] Count(TokenBatch batch) => [SequenceScores.Examples(batch).Sum(e => (double)e.Weight)];

        public override LossSum[] Loss(ForwardPass pass)
        {
            var pairs = SequenceScores.Examples(pass.Batch).ToArray();
            var known = tensor(pass.Batch.Sequences.Select(s => reference[Key(s.Sequence)]).ToArray());
            double[] rewards = [];
            var loss = SequenceScores.Loss(pass, (scores, tokens) =>
            {
                var gain = scores - known; // [sequences]
                if (objective.Form == PreferenceForm.Ipo)
                    gain = gain / tokens;
                var (better, worse) = (Pick(pairs.Select(p => p.Answers[0])), Pick(pairs.Select(p => p.Answers[1])));
                var margin = gain.index_select(0, better) - gain.index_select(0, worse); // [pairs]
                rewards = (margin.detach() * objective.Beta).data<double>().ToArray();
                return (objective.Lose(margin) * tensor(pairs.Select(p => (double)p.Weight).ToArray())).sum();
            });
            return
            [
                new(loss)
                {
                    // As preference losses are usually watched: how often, and by how much, the better answer's reward
                    // β · log(π / π_reference) is the higher one; a tie counts half.
                    Measures =
                    [
                        ("reward_accuracy", rewards.Zip(pairs).Sum(r => (Math.Sign(r.First) + 1) / 2.0 * r.Second.Weight)),
                        ("reward_margin", rewards.Zip(pairs).Sum(r => r.First * r.Second.Weight)),
                    ],
                },
            ];
        }

        private static Tensor Pick(IEnumerable<int> places) => tensor(places.Select(p => (long)p).ToArray());
    }
}

/// <summary>How a preference becomes a loss.</summary>
public enum PreferenceForm
{
    /// <summary>−log σ(β · margin), the paper's own.</summary>
    Sigmoid,

    /// <summary>(margin − 1 / 2β)², over the mean of each answer's tokens (arXiv 2310.12036).</summary>
    Ipo,

    /// <summary>max(0, 1 − β · margin) (arXiv 2305.10425).</summary>
    Hinge,
}
