using System.Text.Json;
using TaskDsl.Torch.Models;

namespace TaskDsl.Torch.Tuning;

/// <summary>Adapters on disk, in PEFT's layout.</summary>
public static class Adapters
{
    /// <summary>Puts an adapter onto the model that it was made for.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="folder">A folder with <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</param>
    /// <exception cref="NotSupportedException">The adapter is of a kind that is not supported.</exception>
    public static TunedDecoder Load(Decoder decoder, string folder)
    {
        var path = Path.Combine(folder, "adapter_config.json");
        if (!File.Exists(path)) throw new FileNotFoundException($"{folder} is no adapter: it has no adapter_config.json.", path);
        try
        {
            using var config = JsonDocument.Parse(File.ReadAllBytes(path));
            var type = config.RootElement.GetProperty("peft_type").GetString();
            return type switch
            {
                "LORA" => LoraAdapter.Load(decoder, folder, config.RootElement),
                _ => throw new NotSupportedException($"{path}: adapters of type '{type}' are not supported; LORA is."),
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: error: this is no adapter configuration: {e.Message}", e);
        }
    }
}
