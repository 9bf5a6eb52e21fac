using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Safetensors;

namespace TaskDsl.Torch.Tuning.Adapters;

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
        var config = Config(folder);
        var name = config.Text("base_model_name_or_path", "");
        if (Directory.Exists(name))
            return name;
        for (var above = new DirectoryInfo(Path.GetFullPath(folder)); above is not null; above = above.Parent)
            if (name.Length > 0 && Directory.Exists(Path.Combine(above.FullName, name)))
                return Path.Combine(above.FullName, name);
        throw new ModelException(
            $"{config.Path}: the adapter was made for the model '{name}', and there is no such folder here or above. Set base_model_name_or_path to the model's folder."
        );
    }

    /// <summary>Puts an adapter onto the model that it was made for.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">A folder with <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</param>
    /// <exception cref="NotSupportedException">The adapter is of a kind that is not supported.</exception>
    public static TunedModel Load(LanguageModel model, string folder)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!IsAdapter(folder))
            throw new ModelException($"{folder} is no adapter: it has no adapter_config.json.");
        var config = Config(folder);
        using var tensors = SafetensorsFile.Open(Path.Combine(folder, "adapter_model.safetensors"));
        var file = new AdapterFile(config, tensors);
        using var scope = TorchSharp.torch.NewDisposeScope();
        var (maps, parts) = (model.Sites.Select(site => site.Update).ToList(), model.Sublayers.Select(part => part.Update).ToList());
        var (prefix, prompt) = (model.Prefix, model.Prompt);
        Adapter? adapter = null;
        try
        {
            adapter = AdapterFormat.Read(model, file);
            file.Finish(model);
            return adapter;
        }
        catch
        {
            adapter?.Dispose();
            // What was put on before the error goes too: the model is as it was.
            foreach (var (site, update) in model.Sites.Zip(maps))
                site.Update = update;
            foreach (var (part, update) in model.Sublayers.Zip(parts))
                part.Update = update;
            (model.Prefix, model.Prompt) = (prefix, prompt);
            throw;
        }
    }

    /// <summary>The head that an adapter was made for; null = the model's own.</summary>
    internal static HeadRequest? HeadOf(string folder)
    {
        var config = Config(folder);
        if (config.Part("head") is not { } head)
            return null;
        return Head.All.FirstOrDefault(known => known.Name == head.Text("kind")) is { } kind
            ? new HeadRequest(kind, head.Texts("labels"), head.Has("problem_type") ? head.Text("problem_type") : null)
            : throw head.Bad($"kind is '{head.Text("kind")}'; expected one of {string.Join(", ", Head.All.Select(known => known.Name))}.");
    }

    private static ConfigJson Config(string folder)
    {
        var path = Path.Combine(folder, "adapter_config.json");
        try
        {
            return new ConfigJson(
                path,
                JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new JsonException("it is no object.")
            );
        }
        catch (JsonException e)
        {
            throw new ModelException($"{path} is no adapter configuration: {e.Message}", e);
        }
    }
}
