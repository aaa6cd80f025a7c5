// SPDX-License-Identifier: MIT

using OciPS.Manifests;

namespace OciPS.Layers;

/// <summary>Collects the layers of an image that are not read, for one warning.</summary>
internal sealed class UnreadLayers
{
    private readonly SortedDictionary<int, (Layer Layer, string Reason)> _reasons = [];

    /// <summary>Adds a layer. The specification's empty blob for artifacts without content is ignored.</summary>
    public void Add(Layer layer, string reason)
    {
        if (layer.Descriptor.MediaType == MediaTypes.OciEmpty)
        {
            return;
        }

        lock (_reasons)
        {
            _reasons[layer.Index] = (layer, reason);
        }
    }

    /// <summary>Warns of them, if there are any.</summary>
    public void Warn(IOperationLog log, string what)
    {
        lock (_reasons)
        {
            if (_reasons.Count > 0)
            {
                log.Warning(string.Join(
                    " ",
                    _reasons.Values.Select(unread => $"{unread.Layer.NameInImage} is {what}: {unread.Reason}.")));
                _reasons.Clear();
            }
        }
    }
}
