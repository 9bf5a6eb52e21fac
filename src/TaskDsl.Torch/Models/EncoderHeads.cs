using System.Text.Json.Nodes;
using TaskDsl.HuggingFace;

namespace TaskDsl.Torch.Models;

/// <summary>The heads of encoders by the names of Hugging Face's classes, <c>BertForMaskedLM</c>.</summary>
internal static class EncoderHeads
{
    private static readonly Dictionary<string, HeadKind> Suffixes = new(StringComparer.Ordinal)
    {
        ["Model"] = HeadKind.None,
        ["ForMaskedLM"] = HeadKind.MaskedLm,
        ["ForSequenceClassification"] = HeadKind.SequenceClassification,
        ["ForTokenClassification"] = HeadKind.TokenClassification,
        ["ForPreTraining"] = HeadKind.ReplacedTokenDetection,
    };

    /// <summary>The head that <c>architectures</c> names; none = the bare model.</summary>
    /// <param name="json">The configuration.</param>
    /// <param name="stem">The beginning of the family's class names, <c>Bert</c>.</param>
    /// <param name="preTraining">What <c>…ForPreTraining</c> means in this family.</param>
    public static HeadKind Read(ConfigJson json, string stem, HeadKind preTraining)
    {
        var name = json.Texts("architectures") is [var first, ..] ? first : stem + "Model";
        if (name == stem + "ForPreTraining")
            return preTraining;
        return name.StartsWith(stem, StringComparison.Ordinal) && Suffixes.TryGetValue(name[stem.Length..], out var kind)
            ? kind
            : throw json.Bad(
                $"the architecture '{name}' is not supported; expected one of {string.Join(", ", Suffixes.Keys.Select(s => stem + s))}."
            );
    }

    /// <summary>The configuration of the same model with another head.</summary>
    public static ModelConfig With(ModelConfig config, HeadRequest head)
    {
        var (kind, labels, problem) = head;
        var stem = config.Architecture.ClassStem ?? throw new ModelException($"{config.Source}: a {config.ModelType} has one head only.");
        var settings = new Dictionary<string, JsonNode?>
        {
            ["architectures"] = new JsonArray(stem + Suffixes.First(s => s.Value == kind).Key),
        };
        if (kind is HeadKind.SequenceClassification or HeadKind.TokenClassification)
        {
            settings["id2label"] = new JsonObject(
                labels.Select(
                    (label, i) => KeyValuePair.Create(i.ToString(System.Globalization.CultureInfo.InvariantCulture), (JsonNode?)label)
                )
            );
            settings["label2id"] = new JsonObject(labels.Select((label, i) => KeyValuePair.Create(label, (JsonNode?)i)));
            settings["num_labels"] = null;
            settings["problem_type"] = problem;
        }

        return config.With(settings);
    }
}
