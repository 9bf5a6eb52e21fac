using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Recipes;

namespace TaskDsl.Torch.Runs;

/// <summary>What the program of a run was made of.</summary>
public sealed record RecordedVersions
{
    /// <summary>Of this library.</summary>
    [JsonPropertyName("taskdsl")]
    public string? TaskDsl { get; init; }

    /// <summary>Of TorchSharp.</summary>
    [JsonPropertyName("torchsharp")]
    public string? TorchSharp { get; init; }

    /// <summary>Of the runtime.</summary>
    [JsonPropertyName("dotnet")]
    public string? DotNet { get; init; }

    /// <summary>The folder that libtorch was loaded from.</summary>
    [JsonPropertyName("libtorch")]
    public string? LibTorch { get; init; }

    internal static RecordedVersions Now() =>
        new()
        {
            TaskDsl = Version(typeof(Recipe)),
            TorchSharp = Version(typeof(global::TorchSharp.torch)),
            DotNet = RuntimeInformation.FrameworkDescription,
            LibTorch = TorchRuntime.Folder,
        };

    private static string? Version(Type type) => type.Assembly.GetName().Version?.ToString(3);
}
