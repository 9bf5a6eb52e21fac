using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>
/// The modules that an adapter is said to update, by <c>target_modules</c> and the settings beside it, as PEFT reads them
/// (<c>check_target_module_exists</c>). The names of its tensors say it too, so that the two can be held against each other.
/// </summary>
internal sealed class ModuleTargets
{
    /// <summary>The settings of <c>adapter_config.json</c> that are read.</summary>
    public static readonly IReadOnlyList<string> Settings = ["exclude_modules", "layers_pattern", "layers_to_transform", "target_modules"];

    private readonly Func<string, bool>? targets;
    private readonly Func<string, bool> excluded,
        saved;
    private readonly IReadOnlyList<int> layers;
    private readonly IReadOnlyList<string> lists;

    private ModuleTargets(JsonObject config)
    {
        // What PEFT replaces by names when it makes an adapter, and a file has where it was written by hand.
        var all = (string?)(config["target_modules"] as JsonValue)?.ToString() is "all-linear";
        targets = all ? null : Names(config, "target_modules");
        excluded = Names(config, "exclude_modules") ?? (_ => false);
        saved = Names(config, "modules_to_save") ?? (_ => false);
        layers = Numbers(config, "layers_to_transform");
        lists = Texts(config, "layers_pattern");
        if (layers.Count > 0 && config["target_modules"] is JsonValue)
            throw new MisfitException(
                "layers_to_transform stands beside an expression as target_modules, which is at odds in PEFT too; name the layers in "
                    + "the expression."
            );
    }

    /// <summary>Reads them.</summary>
    /// <exception cref="MisfitException">A setting is none.</exception>
    public static ModuleTargets Read(JsonObject config) => new(config);

    /// <summary>Whether a module is updated; where no names are given, any may be.</summary>
    public bool MayHave(string module) => targets?.Invoke(module) != false && !excluded(module) && InLayers(module);

    /// <summary>Whether a module must be updated.</summary>
    public bool MustHave(string module) => targets is not null && MayHave(module) && !saved(module);

    // PEFT takes the first number that stands behind a list's name: model.layers.3.
    private bool InLayers(string module) =>
        layers.Count == 0
        || (lists.Count == 0 ? [@"[^.]*"] : lists)
            .Select(list => Regex.Match(module, $@"^.*\.{list}\.(?<layer>\d+)\.", RegexOptions.CultureInvariant, ModulePattern.Patience))
            .FirstOrDefault(match => match.Success)
            is { } found
            && layers.Contains(int.Parse(found.Groups["layer"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>A test of names: a list of their ends, or an expression of all of one; null = not given.</summary>
    private static Func<string, bool>? Names(JsonObject config, string name)
    {
        switch (config[name])
        {
            case null:
                return null;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                var expression = ModulePattern.Compile(name, (string)value!, whole: true);
                return expression.IsMatch;
            default:
                var ends = Texts(config, name);
                return module => ends.Any(end => module == end || module.EndsWith($".{end}", StringComparison.Ordinal));
        }
    }

    private static IReadOnlyList<string> Texts(JsonObject config, string name) =>
        config[name] switch
        {
            null => [],
            JsonArray texts when texts.All(text => text?.GetValueKind() == JsonValueKind.String) =>
            [
                .. texts.Select(text => (string)text!),
            ],
            JsonValue value when value.GetValueKind() == JsonValueKind.String => [(string)value!],
            var other => throw new MisfitException($"{name} is {other.ToJsonString()}; expected names of modules, or an expression."),
        };

    private static IReadOnlyList<int> Numbers(JsonObject config, string name) =>
        config[name] switch
        {
            null => [],
            JsonArray numbers when numbers.All(IsNumber) => [.. numbers.Select(number => (int)number!)],
            JsonValue value when IsNumber(value) => [(int)value],
            var other => throw new MisfitException($"{name} is {other.ToJsonString()}; expected numbers of layers."),
        };

    private static bool IsNumber(JsonNode? node) => node is JsonValue value && value.TryGetValue<int>(out _);
}
