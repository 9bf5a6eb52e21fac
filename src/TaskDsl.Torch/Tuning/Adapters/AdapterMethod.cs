using System.Text.Json.Nodes;
using TaskDsl.Torch.Models;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>
/// A method that adds few weights beside a frozen model. Started, it draws them; started again over the files of an adapter, it reads them:
/// what it adds is said once. Settings that shape the adapter are marked by <see cref="StoredAttribute"/>, the record by <see
/// cref="PeftAttribute"/>.
/// </summary>
public abstract record AdapterMethod : TuningMethod
{
    /// <inheritdoc/>
    public sealed override TunedModel Start(LanguageModel model, int seed) => Adapter.Start(this, model, seed, file: null);

    /// <summary>What PEFT writes before the names of the weights of a task's head.</summary>
    protected internal virtual string HeadPrefix => "base_model.model.";

    /// <summary>Puts what the method adds onto the model. Runs without gradients, in a scope that frees what is not kept.</summary>
    /// <param name="adapter">What is put on; it knows the model.</param>
    /// <param name="weights">Gives the tensors: drawn, or as a file has them.</param>
    /// <exception cref="MisfitException">The method does not fit the model. What was put on is taken off again.</exception>
    public abstract void Add(Adapter adapter, AdapterWeights weights);

    /// <summary>Whether it can stand on weights in few bits: it does not change them. Default: it can.</summary>
    public virtual bool StandsOnFewBits => true;

    /// <summary>The method as which an adapter is stored. Default: itself.</summary>
    /// <param name="model">The model that it is on.</param>
    public virtual AdapterMethod AsStored(LanguageModel model) => this;

    /// <summary>Says in <c>adapter_config.json</c> what PEFT wants to know beside the stored properties. Default: nothing.</summary>
    /// <param name="config">The file's settings.</param>
    /// <param name="weights">What the method put on.</param>
    public virtual void Describe(JsonObject config, AdapterWeights weights) { }

    /// <summary>The settings that <see cref="ReadMore"/> reads. Default: none.</summary>
    public virtual IReadOnlyList<string> MoreSettings => [];

    /// <summary>The method with what its file says in a form of PEFT's own. Default: the stored properties are all.</summary>
    /// <param name="config">The settings of <c>adapter_config.json</c>.</param>
    /// <exception cref="MisfitException">They would change the numbers, and are not supported.</exception>
    public virtual AdapterMethod ReadMore(JsonObject config) => this;

    /// <summary>What the learning rate of a trained tensor is multiplied by. Default: 1.</summary>
    /// <param name="name">Its name in <see cref="TunedModel.Trained"/>.</param>
    public virtual double LearningRateFactor(string name) => 1;
}
