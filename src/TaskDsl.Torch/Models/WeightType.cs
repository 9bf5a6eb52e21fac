using System.Text.Json.Serialization;
using TaskDsl.HuggingFace;
using TorchSharp;

namespace TaskDsl.Torch.Models;

/// <summary>The numbers that a model's weights are stored in; in memory they are float32.</summary>
public enum WeightType
{
    /// <summary>32-bit floating point.</summary>
    Float32,

    /// <summary>16-bit brain floating point.</summary>
    [JsonStringEnumMemberName("bfloat16")]
    BFloat16,

    /// <summary>16-bit floating point.</summary>
    Float16,
}

/// <summary>What Hugging Face and libtorch call them.</summary>
internal static class WeightTypes
{
    public static string Word(this WeightType type) => type.ToString().ToLowerInvariant();

    public static torch.ScalarType Scalar(this WeightType type) =>
        type switch
        {
            WeightType.Float32 => torch.ScalarType.Float32,
            WeightType.BFloat16 => torch.ScalarType.BFloat16,
            WeightType.Float16 => torch.ScalarType.Float16,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no type of weights"),
        };

    /// <summary>The type that a <c>config.json</c> names.</summary>
    public static WeightType Parse(string word, string path) =>
        Enum.GetValues<WeightType>().Where(t => t.Word() == word).Select(t => (WeightType?)t).FirstOrDefault()
        ?? throw new ModelException(
            $"{path}: dtype is '{word}'; expected one of {string.Join(", ", Enum.GetValues<WeightType>().Select(Word))}."
        );
}
