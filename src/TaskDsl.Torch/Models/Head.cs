using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <summary>
/// What a model's last hidden states become. Each head is one file; a project's own is found by being there, as these are.
/// </summary>
public abstract record Head
{
    private static readonly Lazy<IReadOnlyList<Head>> Known = new(() =>
        [
            .. AppDomain
                .CurrentDomain.GetAssemblies()
                .Where(a =>
                    !a.IsDynamic
                    && (a == typeof(Head).Assembly || a.GetReferencedAssemblies().Any(r => r.Name == typeof(Head).Assembly.GetName().Name))
                )
                .SelectMany(a => a.GetTypes())
                .Where(type => type.IsSubclassOf(typeof(Head)) && !type.IsAbstract)
                .OrderBy(type => type.FullName, StringComparer.Ordinal)
                .Select(type => (Head)Activator.CreateInstance(type)!),
        ]
    );

    /// <summary>All heads, in the order of their names: those of the assemblies that were loaded when the first model was read.</summary>
    public static IReadOnlyList<Head> All => Known.Value;

    /// <summary>The name in files: the type's, without <c>Head</c>.</summary>
    public string Name => GetType().Name is var name && name.EndsWith("Head", StringComparison.Ordinal) ? name[..^4] : name;

    /// <summary>How the names of Hugging Face's classes with this head end: <c>ForSequenceClassification</c>.</summary>
    public abstract string ClassSuffix { get; }

    /// <summary>What a model with this head is, behind the kind of model: "that classifies texts".</summary>
    public abstract string Summary { get; }

    /// <summary>Its maps in every family that names none of its own. Default: null, only families that name them have this head.</summary>
    public virtual HeadShape? Shape => null;

    /// <summary>How many numbers it gives at each place.</summary>
    public abstract int Outputs(ModelConfig config);

    /// <summary>PEFT's <c>task_type</c> of an adapter to a model with this head.</summary>
    public virtual string TaskType(LanguageModel model) => "FEATURE_EXTRACTION";

    /// <summary>The head's scores of what its last map gives, <c>[…, outputs]</c>. Default: the same.</summary>
    public virtual Tensor Scores(Tensor outputs) => outputs;
}
