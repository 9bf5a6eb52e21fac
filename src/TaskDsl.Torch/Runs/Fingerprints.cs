using System.Security.Cryptography;
using TaskDsl.Torch.Opening.Loading;

namespace TaskDsl.Torch.Runs;

/// <summary>Says which model a run starts from, by what is in its folder.</summary>
internal static class Fingerprints
{
    private static readonly string[] Shaping =
    [
        "config.json",
        "fusion.json",
        "nearest.json",
        "route.json",
        "adapter_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "chat_template.jinja",
        "chat_template.json",
        "chat_format.json",
        "base_weights.json",
    ];

    /// <summary>A recipe's model: a hash of its folder, or <c>new</c>.</summary>
    public static string Of(ModelSource model, string projectDirectory) =>
        model is StoredModel stored ? OfFolder(stored.FindFolder(), projectDirectory) : "new";

    /// <summary>A hash of a model's folder: its configuration, weights and tokenizer.</summary>
    public static string OfFolder(string path, string projectDirectory)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        foreach (var file in Files(Path.GetFullPath(path, projectDirectory)))
        {
            using var stream = File.OpenRead(file);
            for (int read; (read = stream.Read(buffer)) > 0; )
                hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    /// <summary>A hash of a model's or a run's folder: of all the models that it has.</summary>
    public static string OfRun(string folder) => string.Join('+', RunModel.AllIn(folder).Select(model => OfFolder(model, model)));

    /// <summary>The files of a model's folder that say what it is, by their names; of a run with one a value, those of all.</summary>
    public static IEnumerable<string> Files(string folder) =>
        RunModel
            .ModelsIn(folder)
            .Prepend(folder)
            .SelectMany(model => Directory.GetFiles(model).Where(Shapes).Order(StringComparer.Ordinal));

    private static bool Shapes(string file) =>
        file.EndsWith(".safetensors", StringComparison.Ordinal) || Shaping.Contains(Path.GetFileName(file));
}
