using System.Text.Json.Nodes;
using TaskDsl.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Heads;

/// <summary>
/// The scores of a whole text's labels, or a number, from the state of one token: an encoder's first, or of a model that reads from left to
/// right the last that is no padding, as transformers' <c>LlamaForSequenceClassification</c> has it (<c>score</c>, without a bias).
/// </summary>
public sealed record SequenceClassificationHead : SingleTaskHead
{
    /// <summary>One of the labels: softmax over their scores.</summary>
    public const string SingleLabel = "single_label_classification";

    /// <summary>
    /// Any of the labels: those whose score is above 0, each a logit; the best ones where these are fewer than the task has at least.
    /// </summary>
    public const string MultiLabel = "multi_label_classification";

    /// <summary>A number: the score itself.</summary>
    public const string Regression = "regression";

    /// <inheritdoc/>
    public override string ClassSuffix => "ForSequenceClassification";

    /// <inheritdoc/>
    public override string Summary => "that classifies texts";

    /// <inheritdoc/>
    public override HeadShape Shape => new() { Out = "score", OutBias = false };

    /// <inheritdoc/>
    public override string TaskType(LanguageModel model) => "SEQ_CLS";

    /// <inheritdoc/>
    public override HeadRequest For(DslTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task.OutputFields is not [var field])
            throw new MisfitException($"classification: task '{task.Name}' has {task.OutputFields.Count} outputs; a head answers one.");
        return new(this, field.Labels.Count > 0 ? field.Labels : [field.Name], Problem(task, field));
    }

    /// <inheritdoc/>
    public override JsonNode Answer(DslTask task, object input, Tensor scores)
    {
        var (_, labels, problem) = For(task);
        ArgumentNullException.ThrowIfNull(scores);
        return problem switch
        {
            SingleLabel => JsonValue.Create(labels[(int)scores.argmax().item<long>()]),
            MultiLabel => new JsonArray([.. Chosen(task, scores).Index().Where(s => s.Item).Select(s => (JsonNode)labels[s.Index])]),
            _ => task.OutputFields[0].Type == "int"
                ? JsonValue.Create((long)Math.Round(scores[0].ToDouble()))
                : JsonValue.Create(scores[0].ToDouble()),
        };
    }

    /// <inheritdoc/>
    public override double? LogProbability(DslTask task, Tensor scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        return For(task).Problem switch
        {
            SingleLabel => scores.log_softmax(0).max().ToDouble(),
            // σ(score) of what is chosen, and σ(-score) of what is not.
            MultiLabel => scores.data<float>().Zip(Chosen(task, scores), (score, chosen) => LogSigmoid(chosen ? score : -score)).Sum(),
            _ => null,
        };
    }

    /// <inheritdoc/>
    public override IReadOnlyList<double>? Probabilities(DslTask task, Tensor scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        return For(task).Problem switch
        {
            SingleLabel => [.. scores.softmax(0).data<float>().Select(p => (double)p)],
            MultiLabel => [.. scores.sigmoid().data<float>().Select(p => (double)p)],
            _ => null,
        };
    }

    // As log σ would be, but for what σ rounds to 0.
    private static double LogSigmoid(double score) => Math.Min(score, 0) - double.LogP1(Math.Exp(-Math.Abs(score)));

    /// <summary>Whether each label is one of the answer's.</summary>
    private static bool[] Chosen(DslTask task, Tensor scores)
    {
        var values = scores.data<float>().ToArray();
        var least = task.OutputFields[0].AtLeast;
        if (values.Count(score => score > 0) >= least)
            return [.. values.Select(score => score > 0)];
        var best = values.Index().OrderByDescending(score => score.Item).Take(least).Select(score => score.Index).ToHashSet();
        return [.. values.Index().Select(score => best.Contains(score.Index))];
    }

    private static string Problem(DslTask task, FieldInfo field) =>
        field.Type switch
        {
            "label" => SingleLabel,
            "labels" => MultiLabel,
            "float" or "int" => Regression,
            _ => throw new MisfitException(
                $"classification: the output '{field.Name}' of task '{task.Name}' is of type {field.Type}; "
                    + "expected label, labels, float or int."
            ),
        };
}
