using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Disk;
using TaskDsl.Hub;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Safetensors;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>Adapters on disk, in PEFT's layout.</summary>
public static class AdapterFolder
{
    /// <summary>Whether a folder holds an adapter.</summary>
    public static bool IsAdapter(string folder) => File.Exists(Path.Combine(folder, "adapter_config.json"));

    /// <summary>
    /// The folder of the model that an adapter names. A relative path is looked for from the current folder, then from the adapter's
    /// folder and each one above it: an adapter in a project's runs finds the project's models wherever the project lies. One of the
    /// <see cref="UserCache"/> is looked for there by its name, which says what is in it, and one of a hub, which the setting
    /// <c>revision</c> pins, in the cache of hubs.
    /// </summary>
    /// <exception cref="ModelException">There is no such folder.</exception>
    public static string ModelFolder(string folder)
    {
        var config = Config(folder);
        var name = config.Text("base_model_name_or_path", "");
        if (name.Length == 0)
            throw new ModelException(
                $"{config.Path} does not say which model the adapter was made for. Set base_model_name_or_path to the model's folder."
            );
        if (Pinned(name, config) is { } repository)
            return ModelFiles.Folder(repository);
        if (Directory.Exists(name))
            return name;
        for (var above = new DirectoryInfo(Path.GetFullPath(folder)); above is not null; above = above.Parent)
            if (Directory.Exists(Path.Combine(above.FullName, name)))
                return Path.Combine(above.FullName, name);
        if (UserCache.Find(name) is { } cached)
            return cached; // A package's model, where another user or machine had it.
        if (HubRepository.OfSnapshot(name) is { } elsewhere)
            return ModelFiles.Folder(elsewhere); // A model of a hub, where another user or machine had it.
        throw new ModelException(
            $"{config.Path}: the adapter was made for the model '{name}', and there is no such folder here or above. "
                + "Set base_model_name_or_path to the model's folder."
        );
    }

    /// <summary>
    /// A folder, then what it was tuned from, down to a whole model: each adapter may have been trained on top of another one.
    /// </summary>
    /// <exception cref="ModelException">A folder is missing, or the adapters name each other in a circle.</exception>
    public static IReadOnlyList<string> Chain(string folder)
    {
        var chain = new List<string> { folder };
        while (IsAdapter(chain[^1]))
        {
            var below = ModelFolder(chain[^1]);
            if (chain.Any(known => Path.GetFullPath(known) == Path.GetFullPath(below)))
                throw new ModelException($"{folder}: an adapter's base_model_name_or_path leads back to {below}; it must lead to a model.");
            chain.Add(below);
        }

        return chain;
    }

    /// <summary>Puts an adapter onto the model that it was made for: its method is run again, with the tensors of the file.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">A folder with <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</param>
    /// <exception cref="MisfitException">The adapter is of a kind that is not supported.</exception>
    /// <exception cref="SafetensorsException">A tensor is missing, of another shape, or belongs to no part of the model.</exception>
    public static Adapter Load(LanguageModel model, string folder)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!IsAdapter(folder))
            throw new ModelException($"{folder} is no adapter: it has no adapter_config.json.");
        var config = Config(folder);
        var method = StoredSettings.Read(config);
        using var tensors = SafetensorsFile.Open(Weights(folder));
        return Adapter.Start(method, model, seed: 0, new AdapterFile(tensors, config.Texts("modules_to_save")));
    }

    /// <summary>
    /// What <c>adapter_config.json</c> calls the settings that shape an adapter of some type; none = the type is not known.
    /// </summary>
    /// <param name="peftType">The type, <c>LORA</c>.</param>
    public static IReadOnlyList<string> SettingsOf(string peftType) =>
        StoredSettings.Types().TryGetValue(peftType, out var method) ? [.. StoredSettings.Of(method).Select(s => s.Name)] : [];

    /// <summary>The head that the uppermost of some adapters was made for that names one; null = the model's own.</summary>
    /// <param name="chain">The adapters' folders, and that of the model.</param>
    internal static HeadRequest? HeadOf(IReadOnlyList<string> chain) =>
        chain.SkipLast(1).Select(HeadOf).FirstOrDefault(head => head is not null);

    private static HeadRequest? HeadOf(string folder)
    {
        var config = Config(folder);
        if (config.Part("head") is not { } head)
            return null;
        return Head.All.FirstOrDefault(known => known.Name == head.Text("kind")) is { } kind
            ? new HeadRequest(kind, head.Texts("labels"), head.Has("problem_type") ? head.Text("problem_type") : null)
            : throw head.Bad($"kind is '{head.Text("kind")}'; expected one of {string.Join(", ", Head.All.Select(known => known.Name))}.");
    }

    /// <summary>The model of a hub that an adapter names with its commit, as PEFT writes it; null where it names none.</summary>
    public static HubRepository? PinnedModel(string folder) =>
        Config(folder) is var config ? Pinned(config.Text("base_model_name_or_path", ""), config) : null;

    private static HubRepository? Pinned(string name, ConfigJson config) =>
        config.Text("revision", "") is { Length: 40 } commit && commit.All(char.IsAsciiHexDigitLower) && !Path.IsPathRooted(name)
            ? new HubRepository(HubKind.Model, name, commit)
            : null;

    private static string Weights(string folder)
    {
        var path = Path.Combine(folder, "adapter_model.safetensors");
        if (File.Exists(path))
            return path;
        throw new ModelException(
            $"{folder} has no adapter_model.safetensors."
                + (
                    File.Exists(Path.Combine(folder, "adapter_model.bin"))
                        ? " Its adapter_model.bin is a pickle, which can run any program and is never read: load the adapter by PEFT "
                            + "0.7 or newer (PeftModel.from_pretrained) and save it again (save_pretrained)."
                        : " It holds an adapter's tensors: copy it beside adapter_config.json."
                )
        );
    }

    private static ConfigJson Config(string folder)
    {
        var path = Path.Combine(folder, "adapter_config.json");
        try
        {
            // Read by the document first: a node tree would keep the last of two equal settings and say nothing.
            var text = File.ReadAllText(path);
            using (JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false }))
                return new ConfigJson(path, JsonNode.Parse(text) as JsonObject ?? throw new JsonException("it is no object."));
        }
        catch (JsonException e)
        {
            throw new ModelException($"{path} is no adapter configuration: {e.Message}", e);
        }
    }
}
