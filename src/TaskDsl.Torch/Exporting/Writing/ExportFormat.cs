namespace TaskDsl.Torch.Exporting.Writing;

/// <summary>A format that models are carried away in (<c>export --to</c>). Each is one file with a <c>[Keyword]</c> record.</summary>
public abstract record ExportFormat
{
    /// <summary>Whether it carries an adapter away alone; otherwise the adapter is folded into its model first. Default: not.</summary>
    public virtual bool IsOfAdapter => false;

    /// <summary>Writes a model, reads it back, and holds what was read to the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">An empty folder.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>What was written and measured, and what its users should know.</returns>
    /// <exception cref="HuggingFace.ModelException">The format cannot say the model, or what was read back is not what was written.
    /// </exception>
    public abstract ExportOutcome Write(ExportedModel model, string folder, CancellationToken cancellation);
}
