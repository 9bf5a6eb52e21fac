using System.Text.Json;
using TaskDsl.Torch.Models;

namespace TaskDsl.Torch.Tuning;

/// <summary>Adapters on disk, in PEFT's layout.</summary>
public static class Adapters
{
    /// <summary>Whether a folder holds an adapter.</summary>
    public static bool IsAdapter(string folder) => File.Exists(Path.Combine(folder, "adapter_config.json"));

    /// <summary>
    /// The folder of the model that an adapter names. A relative path is looked for from the current folder, then from the adapter's
    /// folder and each one above it: an adapter in a project's runs finds the project's models wherever the project lies.
    /// </summary>
    /// <exception cref="ModelException">There is no such folder.</exception>
    public static string ModelFolder(string folder)
    {
        var path = Path.Combine(folder, "adapter_config.json");
        var name = Config(path, config => config.GetProperty("base_model_name_or_path").GetString()) ?? "";
        if (Directory.Exists(name)) return name;
        for (var above = new DirectoryInfo(Path.GetFullPath(folder)); above is not null; above = above.Parent)
            if (name.Length > 0 && Directory.Exists(Path.Combine(above.FullName, name))) return Path.Combine(above.FullName, name);
        throw new ModelException($"{path}: the adapter was made for the model '{name}', and there is no such folder here or above. Set base_model_name_or_path to the model's folder.");
    }

    /// <summary>Puts an adapter onto the model that it was made for.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="folder">A folder with <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</param>
    /// <exception cref="NotSupportedException">The adapter is of a kind that is not supported.</exception>
    public static TunedDecoder Load(Decoder decoder, string folder)
    {
        var path = Path.Combine(folder, "adapter_config.json");
        if (!File.Exists(path)) throw new ModelException($"{folder} is no adapter: it has no adapter_config.json.");
        return Config(path, config => config.GetProperty("peft_type").GetString() switch
        {
            "LORA" => LoraAdapter.Load(decoder, folder, config),
            var other => throw new NotSupportedException($"{path}: adapters of type '{other}' are not supported; LORA is."),
        });
    }

    private static T Config<T>(string path, Func<JsonElement, T> read)
    {
        try
        {
            using var config = JsonDocument.Parse(File.ReadAllBytes(path));
            return read(config.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ModelException($"{path}: error: this is no adapter configuration: {e.Message}", e);
        }
    }
}
