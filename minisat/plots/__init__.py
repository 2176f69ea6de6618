"""Every figure and every HTML page."""

from minisat.plots.analysis import Mistake, analysis_page
from minisat.plots.attention import attention_figure, overlay, upsample
from minisat.plots.curves import curves
from minisat.plots.gallery import GalleryItem, NearPhoto, gallery

__all__ = ["GalleryItem", "Mistake", "NearPhoto", "analysis_page", "attention_figure", "curves", "gallery", "overlay",
           "upsample"]
