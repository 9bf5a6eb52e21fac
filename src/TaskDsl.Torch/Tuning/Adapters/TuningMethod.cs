using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>Which weights are trained, and in which form. Each method is one file with a <c>[Keyword]</c> record.</summary>
public abstract record TuningMethod
{
    /// <summary>Prepares a model: what is not trained is frozen, what the method adds is added.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">The seed of what is drawn.</param>
    /// <exception cref="NotSupportedException">The method does not fit the model.</exception>
    public abstract TunedModel Apply(LanguageModel model, int seed);

    /// <summary>The linear maps at some sites.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sites">The sites; none = all.</param>
    /// <param name="method">The method's word, for the error.</param>
    /// <exception cref="NotSupportedException">The model does not have one of the sites.</exception>
    protected static IReadOnlyList<LinearLayer> Choose(LanguageModel model, IReadOnlyList<Site> sites, string method)
    {
        ArgumentNullException.ThrowIfNull(model);
        var there = model.Sites.SelectMany(layer => layer.Sites).Distinct().ToArray();
        var missing = sites.Except(there).ToArray();
        if (missing.Length > 0)
            throw new NotSupportedException(
                $"tuning.{method}.sites: {Words(missing)} — the linear maps in this model's layers are {Words(there)}."
            );
        return [.. model.Sites.Where(layer => sites.Count == 0 || layer.Sites.Intersect(sites).Any())];

        static string Words(IEnumerable<Site> sites) => string.Join(", ", sites.Select(site => site.ToString().ToLowerInvariant()));
    }
}
